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

    [Fact]
    public void Bottleneck_SlowBlockFusedBehindASection_IsNamed() => AssertSentence(
        "Bottleneck: store runs one item at a time behind the section first and last (*/4 workers busy * %*); Range waits for it * % of the time.",
        Pipeline.Range(0, Items).Parallel(
                s => s.SelectAsync(x => _simulated.After(3, x), new() { Name = "first" }).Select(x => x, new() { Name = "last" }), new() { Parallelism = 4 })
            .ForEach(_ => _simulated.Time.Advance(TimeSpan.FromMilliseconds(20)), new() { Name = "store" }));

    // Neither the first nor the last: where the workers are seen.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bottleneck_SlowBlockInsideASection_IsNamed(bool ordered) => AssertSentence(
        "Bottleneck: slow in the section first … last (one loop, 4/4 workers busy *); Range waits for it * % of the time.",
        Pipeline.Range(0, Items).Parallel(
                s => s.Select(x => x, new() { Name = "first" }).SelectAsync(x => _simulated.After(1, x), new() { Name = "quick" })
                    .SelectAsync(x => _simulated.After(10, x), new() { Name = "slow" }).Where(_ => true, new() { Name = "last" }),
                new() { Parallelism = 4, Ordered = ordered })
            .ForEach(_ => { }, new() { Name = "store" }));

    // Whatever else there is to be said of the pool: the part that runs one item at a time is measured.
    [Theory]
    [InlineData("pool")]
    [InlineData("sequences")]
    [InlineData("section")]
    [InlineData("unordered section")]
    public void Passing_OfBlocksBehindAPool_IsWhatTheyTake(string kind)
    {
        Pipeline<int> pool = kind.EndsWith("section", StringComparison.Ordinal)
            ? Pipeline.Range(0, Items).Parallel(
                s => s.SelectAsync(x => _simulated.After(3, x), new() { Name = "pool" }), new() { Parallelism = 4, Ordered = kind == "section" })
            : kind == "sequences"
            ? Pipeline.Range(0, Items).SelectManyAsync(x => _simulated.Items(1, 3), new() { Parallelism = 4, Name = "pool" })
            : Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(3, x), new() { Parallelism = 4, Name = "pool" });
        PipelineReport report = _simulated.ToItsEnd(
            pool.ForEach(_ => _simulated.Time.Advance(TimeSpan.FromMilliseconds(20)), new() { Name = "store" }));

        BlockReport row = report.Blocks.Single(block => block.Name == "pool");
        TimeSpan passing = TimeSpan.FromMilliseconds(20 * Items);
        Assert.Equal(row.Busy < passing ? row.Busy : passing, row.Passing); // a worker that passes on itself is not busy besides
    }

    private void AssertSentence(string expected, Pipeline pipeline) => BottleneckTests.AssertLike(expected, _simulated.ToItsEnd(pipeline));
}
