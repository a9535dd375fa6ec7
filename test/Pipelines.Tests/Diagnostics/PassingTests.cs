namespace Pipelines.Tests.Diagnostics;

/// <summary>What is fused behind a pool runs one item at a time: how long that takes is measured, and tells it from one slow item in the pool.</summary>
public sealed class PassingTests
{
    private const int Items = 200;

    private readonly SimulatedRun _simulated = new();

    // It was not measured how long what is fused behind a pool takes, so that it was blamed for one slow item.
    [Fact]
    public void Bottleneck_OneItemKeepsThePoolFromPassingOnAndLittleIsFusedBehindIt_SaysWhatHelps() => AssertSentence(
        "Bottleneck: EnrichAsync and store (one loop, 1/4 workers busy 26 %, the others wait for their results to be passed on: raise Capacity or set " +
        "Ordered = false); Range waits for it 100 % of the time.",
        Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(x == 3 ? 5000 : 1, x), new() { Parallelism = 4 }, "EnrichAsync")
            .ForEach(_ => { }, new() { Name = "store" }));

    [Fact]
    public void Bottleneck_OneSequenceKeepsTheOthersFromPassingOnAndLittleIsFusedBehindThem_SaysWhatHelps() => AssertSentence(
        "Bottleneck: expand and store (one loop, 1/4 workers busy *, the others wait for their results to be passed on: raise Capacity or set " +
        "Ordered = false); Range waits for it 100 % of the time.",
        Pipeline.Range(0, Items).SelectManyAsync(x => _simulated.Items(1, x == 3 ? 5000 : 1), new() { Parallelism = 4, Name = "expand" })
            .ForEach(_ => { }, new() { Name = "store" }));

    [Fact]
    public void Bottleneck_SlowBlockFusedBehindSequences_IsNamed() => AssertSentence(
        "Bottleneck: store runs one item at a time behind the pool expand (*/4 workers busy * %*); Range waits for it * % of the time.",
        Pipeline.Range(0, Items).SelectManyAsync(x => _simulated.Items(1, 3), new() { Parallelism = 4, Name = "expand" })
            .ForEach(_ => _simulated.Time.Advance(TimeSpan.FromMilliseconds(20)), new() { Name = "store" }));

    // Whatever else there is to be said of the pool: the part that runs one item at a time is measured.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Passing_OfBlocksBehindAPool_IsWhatTheyTake(bool sequences)
    {
        Pipeline<int> pool = sequences
            ? Pipeline.Range(0, Items).SelectManyAsync(x => _simulated.Items(1, 3), new() { Parallelism = 4, Name = "pool" })
            : Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(3, x), new() { Parallelism = 4, Name = "pool" });
        PipelineReport report = _simulated.ToItsEnd(
            pool.ForEach(_ => _simulated.Time.Advance(TimeSpan.FromMilliseconds(20)), new() { Name = "store" }));

        BlockReport row = report.Blocks.Single(block => block.Name == "pool");
        Assert.Equal(TimeSpan.FromMilliseconds(20 * Items), row.Passing);
    }

    private void AssertSentence(string expected, Pipeline pipeline) => BottleneckTests.AssertLike(expected, _simulated.ToItsEnd(pipeline));
}
