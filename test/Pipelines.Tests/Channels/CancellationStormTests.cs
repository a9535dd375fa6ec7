using System.Threading.Channels;
using Pipelines.Channels;
using Xunit.Abstractions;

namespace Pipelines.Tests.Channels;

/// <summary>
/// A cancelled read has taken nothing, a cancelled write has delivered nothing, whenever the cancellation comes.
/// </summary>
/// <remarks>
/// The in-box channel of .NET 10 breaks both (dotnet/runtime #132094): on 10.0.12, capacity 2, it lost 90,303 of 33,052,222 items, and of 1,121,402 writes that
/// were cancelled 116,215 had delivered their item. Now and then its reader hangs (#131141).
/// </remarks>
public sealed class CancellationStormTests(ITestOutputHelper output)
{
    private const int Items = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task RingChannel_InTheStorm_LosesNothingAndDeliversNothingCancelled(int capacity)
    {
        var sum = new StormTally(0, 0, 0, 0, 0, 0, InOrder: true);
        await Stress.ForSomeTimeAsync(async seed =>
        {
            var channel = new RingChannel<int>(capacity);
            try
            {
                StormTally tally = await new CancellationStorm(channel, Items, seed).RunAsync();
                Assert.True(tally.IsClean, $"Seed {seed}: {tally}.");
                sum += tally;
            }
            catch (TimeoutException)
            {
                Assert.Fail($"Hangs with seed {seed}: {channel.Reader.Count} of {capacity} wait.");
            }

            await channel.Reader.Completion.InTime();
        });
        output.WriteLine($"ring: {sum}");
    }

    // The storm itself can fail: a channel with the in-box one's fault (dotnet/runtime #132094), made certain, does not get through it. What the in-box channel
    // does in it is told in the remarks: it is its own affair, and becomes nothing when it is mended.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InexactChannel_InTheStorm_IsFoundOut(bool losesReads)
    {
        StormTally tally = await new CancellationStorm(new InexactChannel(2, losesReads), Items, seed: 1).RunAsync();

        Assert.False(tally.IsClean);
        Assert.True(losesReads ? tally.Lost > 0 : tally.Delivered > 0, $"{tally}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task SharedRing_InTheStorm_LosesNothingAndDeliversNothingCancelled(int capacity) =>
        await Stress.ForSomeTimeAsync(async seed =>
        {
            var channel = new SharedRing<int>(capacity, staysInContext: false);
            StormTally tally = await new CancellationStorm(channel, Items, seed).RunAsync();
            Assert.True(tally.IsClean, $"Seed {seed}: {tally}.");
            await channel.Reader.Completion.InTime();
        });
}
