using System.Threading.Channels;
using Pipelines.Channels;
using Xunit.Abstractions;

namespace Pipelines.Tests.Channels;

/// <summary>
/// A cancelled read has taken nothing, a cancelled write has delivered nothing, whenever the cancellation comes. The in-box channel of
/// .NET 10 breaks both (dotnet/runtime #132094).
/// </summary>
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

    /// <summary>
    /// Shows what the storm catches, and asserts nothing: how often the in-box channel loses an item is its own affair, depends on
    /// the machine, and becomes never when it is mended. A hang of its reader is known too (dotnet/runtime #131141).
    /// </summary>
    [Fact]
    public async Task InBoxChannel_InTheStorm_ShowsWhatTheStormCatches()
    {
        var options = new BoundedChannelOptions(2) { SingleReader = true, SingleWriter = true };
        try
        {
            StormTally tally = await new CancellationStorm(Channel.CreateBounded<int>(options), 3 * Items, seed: 1).RunAsync();
            output.WriteLine($"in-box: {tally}");
        }
        catch (TimeoutException)
        {
            output.WriteLine("in-box: a side hangs");
        }
    }
}
