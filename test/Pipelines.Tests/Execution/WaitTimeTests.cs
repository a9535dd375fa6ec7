using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines.Tests.Execution;

/// <summary>The accounts of time, by a clock that the test reads out.</summary>
public sealed class WaitTimeTests
{
    [Fact]
    public void WaitTime_AwakeAndAsleep_CountsTheWaitUnderWay()
    {
        var time = new WaitTime();
        Assert.Equal(0, time.At(5));
        time.Begin(10);
        Assert.Equal((0, 7), (time.At(10), time.At(17)));
        time.End(20);
        Assert.Equal((10, 10), (time.At(20), time.At(99)));
        time.Begin(30);
        time.End(31);
        Assert.Equal(11, time.At(99));
    }

    // The clock of a report may have been read just before the wait began.
    [Fact]
    public void WaitTime_ClockReadBeforeTheWaitBegan_IsNotNegative()
    {
        var time = new WaitTime();
        time.Begin(10);

        Assert.Equal(0, time.At(8));
    }

    // Half of a change, a wait that had ended and was not yet added, once made ten seconds of waiting look like work.
    [Fact]
    public async Task WaitTime_ReadWhileItChanges_NeverLosesAWait()
    {
        const int Waits = 2_000_000;
        var shared = new Shared();
        Task writing = Task.Run(() =>
        {
            // Always asleep but for a moment in which no time passes: at any time as much has been waited as there was time.
            for (long now = 1; now <= Waits; now++)
            {
                shared.Time.Begin(now);
                Volatile.Write(ref shared.Now, now);
                shared.Time.End(now + 1);
            }
        });
        while (!writing.IsCompleted)
        {
            long now = Volatile.Read(ref shared.Now);
            Assert.InRange(shared.Time.At(now), Math.Max(0, now - 2), Waits);
        }

        await writing;
        Assert.Equal(Waits, shared.Time.At(Waits + 1));
    }

    [Theory]
    [InlineData(100, 30, 20, 50, 30, 20)]
    [InlineData(100, 130, 20, 0, 100, 0)]
    [InlineData(100, 90, 20, 0, 90, 10)]
    public void IslandTimes_OfWaitsThatExceedTheTime_StillAddUp(long all, long starved, long blocked, long busy, long expectedStarved, long expectedBlocked) =>
        Assert.Equal(new IslandTimes(busy, expectedStarved, expectedBlocked, 0), IslandTimes.Of(all, starved, blocked, unthreaded: 0));

    private sealed class Shared
    {
        public WaitTime Time;
        public long Now;
    }
}
