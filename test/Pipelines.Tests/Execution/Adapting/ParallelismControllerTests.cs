using CsCheck;
using Pipelines.Execution;

namespace Pipelines.Tests.Execution.Adapting;

/// <summary>What the controller makes of a server with a knee: so many calls at once are as fast as one, and more bring nothing.</summary>
public sealed class ParallelismControllerTests
{
    private static readonly AdaptiveParallelism s_bounds = new() { Minimum = 1, Maximum = 64 };

    [Theory]
    [InlineData(Beyond.Queue)]
    [InlineData(Beyond.Share)]
    [InlineData(Beyond.Collapse)]
    public void Sample_KneeAt8_SettlesThereWithin200Items(Beyond beyond)
    {
        var server = new SimulatedCalls(s_bounds, beyond);
        server.Run(200);
        server.Run(2000);

        Assert.All(server.Values, value => Assert.InRange(value, 7, 10));
    }

    [Theory]
    [InlineData(Beyond.Queue)]
    [InlineData(Beyond.Share)]
    public void Sample_KneeMoves_FollowsThereAndBack(Beyond beyond)
    {
        var server = new SimulatedCalls(s_bounds, beyond);
        server.Run(400);
        server.Knee = 20;
        server.Run(400);
        server.Run(200);
        Assert.All(server.Values, value => Assert.InRange(value, 18, 24));

        server.Knee = 8;
        server.Run(250);
        server.Run(400);
        Assert.All(server.Values, value => Assert.InRange(value, 7, 10));
    }

    [Theory]
    [InlineData(Beyond.Queue, 2)]
    [InlineData(Beyond.Queue, 8)]
    [InlineData(Beyond.Queue, 33)]
    [InlineData(Beyond.Share, 8)]
    [InlineData(Beyond.Share, 20)]
    [InlineData(Beyond.Collapse, 8)]
    public void Sample_AnyKnee_ReachesTheThroughputOfTheBestFixedValue(Beyond beyond, int knee)
    {
        const int Calls = 5000;
        var adaptive = new SimulatedCalls(s_bounds, beyond) { Knee = knee };
        var best = new SimulatedCalls(s_bounds, beyond) { Knee = knee, Fixed = knee };
        adaptive.Run(Calls);
        best.Run(Calls);

        Assert.True(best.Now >= 0.93 * adaptive.Now, $"{(double)best.Now / adaptive.Now:0.000}");
    }

    [Fact]
    public void Sample_ItemsBecomeSlowerAndNotMore_ParallelismStays()
    {
        var server = new SimulatedCalls(s_bounds, Beyond.Queue);
        server.Run(500);
        server.Time *= 3;
        server.Run(300);
        server.Run(700);

        Assert.All(server.Values, value => Assert.InRange(value, 7, 12));
    }

    [Fact]
    public void Sample_NoKneeBelowTheMaximum_GoesUpToIt()
    {
        var server = new SimulatedCalls(s_bounds, Beyond.Share) { Knee = 1000, Noise = 0.1 };
        server.Run(2000);
        server.Run(1000);

        Assert.All(server.Values, value => Assert.InRange(value, 50, 64));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sample_TimesVary_StaysNearTheKnee(int seed)
    {
        var server = new SimulatedCalls(s_bounds, Beyond.Queue, seed) { Noise = 0.3 };
        server.Run(500);
        server.Run(5000);

        Assert.InRange(server.Values.Average(), 6.5, 13);
    }

    // A refused call is done at once: a single worker too many makes more of them than seven others do work.
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(33)]
    public void Sample_ServerRefusesWhatIsTooMuch_DoesWhatItCanAndFewAreRefused(int limit)
    {
        const int Calls = 20_000;
        var server = new SimulatedCalls(s_bounds, Beyond.Refuse) { Knee = limit };
        server.Run(1000);
        long began = server.Now;
        server.Run(Calls);

        double most = limit * (double)(server.Now - began) / server.Time;
        Assert.True(Calls - server.Refused >= 0.95 * most, $"{Calls - server.Refused} of {most:0}");
        Assert.InRange(server.Refused, 0, Calls / 20);
    }

    [Fact]
    public void Sample_LimitOfRefusingServerMoves_FollowsThereAndBack()
    {
        var server = new SimulatedCalls(s_bounds, Beyond.Refuse);
        server.Run(2000);
        server.Knee = 20;
        server.Run(1500);
        server.Run(1000);
        Assert.InRange(server.Values.Average(), 17, 23);

        server.Knee = 8;
        server.Run(500);
        server.Run(1000);
        Assert.InRange(server.Values.Average(), 6, 9);
    }

    [Fact]
    public void Sample_AQuarterFailsHoweverManyAreAtWork_GoesUp()
    {
        var random = new Random(1);
        var controller = new ParallelismController(s_bounds, SimulatedCalls.TicksPerSecond);
        for (int i = 1; i < 5000; i++)
        {
            controller.Sample(i * 100_000L, 100_000, 1, random.Next(4) == 0 ? 1 : 0, controller.Current);
        }

        Assert.InRange(controller.Current, 32, 64);
    }

    [Fact]
    public void Sample_AlwaysFails_DoesNotGiveUpBelowTheMinimum()
    {
        var controller = new ParallelismController(new() { Minimum = 3, Maximum = 9 }, SimulatedCalls.TicksPerSecond);
        for (int i = 1; i < 1000; i++)
        {
            controller.Sample(i * 100_000L, 100_000, 1, 1, controller.Current);
            Assert.InRange(controller.Current, 3, 9);
        }
    }

    [Fact]
    public void Sample_LittleToDo_DoesNotGoUp()
    {
        var controller = new ParallelismController(new() { Minimum = 8, Maximum = 64 }, SimulatedCalls.TicksPerSecond);
        for (int i = 1; i < 1000; i++)
        {
            controller.Sample(i * 100_000L, 100_000, 1, 0, atWork: 2);
        }

        Assert.Equal(8, controller.Current);
    }

    [Fact]
    public void Sample_AnySamples_StaysWithinItsBoundsAndIsDeterministic() =>
        Gen.Select(
            Gen.Int[1, 20],
            Gen.Int[0, 50],
            Gen.Select(Gen.Long[0, 5_000_000], Gen.Int[1, 50], Gen.Int[0, 3], Gen.Int[1, 100], Gen.Long[0, 1_000_000]).Array[0, 400])
            .Sample((minimum, more, samples) =>
            {
                AdaptiveParallelism bounds = new() { Minimum = minimum, Maximum = minimum + more };
                int[] first = Values(bounds, samples);
                Assert.All(first, value => Assert.InRange(value, bounds.Minimum, bounds.Maximum));
                Assert.Equal(first, Values(bounds, samples));
            });

    [Fact]
    public void Sample_GreatestMaximum_DoesNotOverflow()
    {
        var controller = new ParallelismController(new() { Minimum = int.MaxValue / 2, Maximum = int.MaxValue }, SimulatedCalls.TicksPerSecond);
        controller.Sample(1000, 1000, int.MaxValue, 0, int.MaxValue);

        Assert.Equal(int.MaxValue / 2, controller.Current);
    }

    private static int[] Values(AdaptiveParallelism bounds, (long Time, int Items, int Failed, int AtWork, long Later)[] samples)
    {
        var controller = new ParallelismController(bounds, SimulatedCalls.TicksPerSecond);
        long now = 0;
        return Array.ConvertAll(samples, sample =>
        {
            now += sample.Later;
            controller.Sample(now, Math.Min(now, sample.Time), sample.Items, Math.Min(sample.Items, sample.Failed), sample.AtWork);
            return controller.Current;
        });
    }
}
