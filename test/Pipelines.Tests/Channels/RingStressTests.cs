using Xunit.Abstractions;

namespace Pipelines.Tests.Channels;

/// <summary>
/// Random reads and writes of every kind, with cancellations and a close from a third thread: what was written is read once, in order,
/// and nothing else. Numbers and references apart, since slots that hold references are cleared.
/// </summary>
public sealed class RingStressTests(ITestOutputHelper output)
{
    [Fact]
    public Task RingChannel_RandomTrafficOfNumbers_DeliversExactlyWhatWasWritten() =>
        RunAsync(seed => new RingStress<int>(seed, number => number, item => item).RunAsync());

    [Fact]
    public Task RingChannel_RandomTrafficOfReferences_DeliversExactlyWhatWasWritten() =>
        RunAsync(seed => new RingStress<object>(seed, number => number, item => Assert.IsType<int>(item)).RunAsync());

    private async Task RunAsync(Func<int, Task> trial)
    {
        int trials = 0;
        await Stress.ForSomeTimeAsync(async seed =>
        {
            await trial(seed);
            trials++;
        });
        output.WriteLine($"{trials} trials");
    }
}
