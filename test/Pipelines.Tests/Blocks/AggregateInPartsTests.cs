namespace Pipelines.Tests.Blocks;

/// <summary>Aggregation by several workers: a state each, combined in the end.</summary>
public sealed class AggregateInPartsTests
{
    private static readonly BlockOptions s_several = new() { Parallelism = 4, Capacity = 16 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task CountByAsync_AnyWay_CountsEveryItemOnce(int count)
    {
        Dictionary<int, int> expected = Enumerable.Range(0, count).CountBy(x => x % 7).ToDictionary();
        Pipeline<int> numbers = Pipeline.Range(0, count);

        Assert.Equal(expected.InOrder(), (await Patience.WithAsync(numbers.CountByAsync(x => x % 7))).InOrder());
        Assert.Equal(expected.InOrder(), (await Patience.WithAsync(numbers.CountByAsync(x => x % 7, options: s_several))).InOrder());
        Pipeline<int> section = numbers.Parallel(s => s.SelectMany(x => (int[])[x]).Where(_ => true), s_several);
        Assert.Equal(expected.InOrder(), (await Patience.WithAsync(section.CountByAsync(x => x % 7))).InOrder());
        Pipeline<int> awaited = numbers.Parallel(s => s.SelectAsync(async x => { await Task.Yield(); return x; }), s_several);
        Assert.Equal(expected.InOrder(), (await Patience.WithAsync(awaited.CountByAsync(x => x % 7))).InOrder());
    }

    [Fact]
    public async Task ToDictionaryAsync_SeveralWorkers_HasAllItems()
    {
        BlockOptions options = new() { Parallelism = 4 };
        Dictionary<int, int> squares = await Pipeline.Range(0, 5000).ToDictionaryAsync(x => x, x => x * x, options);
        Dictionary<string, string> names = await Pipeline.From((string[])["a", "b", "c"]).ToDictionaryAsync(x => x, options, StringComparer.OrdinalIgnoreCase);
        Dictionary<int, int> behind = await Pipeline.Range(0, 5000)
            .Parallel(s => s.Where(x => x % 2 == 0), options)
            .ToDictionaryAsync(x => x, new BlockOptions());

        Assert.Equal(5000, squares.Count);
        Assert.All(squares, pair => Assert.Equal(pair.Key * pair.Key, pair.Value));
        Assert.Equal("b", names["B"]);
        Assert.Equal(2500, behind.Count);
        await Assert.ThrowsAsync<ArgumentException>(() => Pipeline.Range(0, 5000).ToDictionaryAsync(x => x % 4999, options));
        Assert.Throws<ArgumentNullException>("options", () => { _ = Pipeline.Range(0, 1).ToDictionaryAsync(x => x, (BlockOptions)null!); });
    }

    [Fact]
    public async Task CountByAsync_AdaptiveParallelism_CountsAll()
    {
        Dictionary<int, int> counts = await Pipeline.Range(0, 10_000).CountByAsync(x => x % 7, options: new() { AdaptiveParallelism = new() { Maximum = 4 } });

        Assert.Equal(10_000, counts.Values.Sum());
        Assert.Equal(7, counts.Count);
    }

    [Fact]
    public async Task AggregateByAsync_Several_FoldsEachKey()
    {
        Dictionary<int, long> sums = await Patience.WithAsync(Pipeline.Range(0, 1000).AggregateByAsync(
            x => x % 3, 0L, (sum, x) => sum + x, (some, others) => some + others, options: s_several));

        Assert.Equal(Enumerable.Range(0, 1000).GroupBy(x => x % 3).Select(group => (group.Key, group.Sum(x => (long)x))), sums.InOrder());
    }

    [Fact]
    public async Task CountByAsync_Comparer_PutsEqualKeysTogether()
    {
        string[] words = ["a", "A", "b"];
        Dictionary<string, int> counts = await Patience.WithAsync(words.ToPipeline().CountByAsync(x => x, StringComparer.OrdinalIgnoreCase, s_several));

        Assert.Equal(2, counts["A"]);
        Assert.Equal(1, counts["B"]);
    }

    [Fact]
    public async Task AggregateAsync_NoItems_FinishesOneNewState() => Assert.Equal(
        "new", await Patience.WithAsync(Pipeline.Range(0, 0).AggregateAsync(() => "new", (state, _) => state, (state, _) => state, state => state, s_several)));

    // Nothing is passed on: the aggregation is the last block of the section, in each worker.
    [Fact]
    public async Task Aggregate_BehindASection_IsItsEnd()
    {
        long sum = 0;
        Pipeline pipeline = Pipeline.Range(0, 1000).Parallel(s => s.Select(x => x, new() { Name = "first" }), s_several)
            .Aggregate(() => 0L, (state, x) => state + x, (some, others) => some + others, state => sum = state, new() { Name = "sum" });
        PipelineReport report = await Patience.WithAsync(pipeline.RunAsync());

        Assert.Equal(499_500, sum);
        Assert.Equal(["Range", "first", "sum"], report.Blocks.Select(block => block.Name));
        Assert.Equal([1, 4, 4], report.Blocks.Select(block => block.Parallelism));
        Assert.Equal((1000, 1000), (report.Blocks[2].In, report.Blocks[2].Out));
        Assert.Equal(2, pipeline.Graph.Islands.Count);
        Conservation.AssertHolds(report);
    }

    [Fact]
    public async Task Aggregate_UpdateFails_EndsTheRunWithItOrLeavesTheItemOut()
    {
        Pipeline Sum(ErrorPolicy policy, Action<int> finish) => Pipeline.Range(0, 100).Aggregate(
            () => 0, (state, x) => x == 50 ? throw new InvalidDataException() : state + 1, (some, others) => some + others, finish,
            s_several with { OnError = policy });

        bool hasFinished = false;
        PipelineRun run = Sum(ErrorPolicy.Stop, _ => hasFinished = true).Start();
        await using (run)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(run.Completion, run));
        }

        Conservation.AssertHolds(run.Snapshot());
        Assert.Equal(50, run.Failure!.Item);
        Assert.False(hasFinished);
        int count = 0;
        await Patience.WithAsync(Sum(ErrorPolicy.Skip, state => count = state).RunAsync());
        Assert.Equal(99, count);
    }

    [Fact]
    public async Task Aggregate_StateCannotBeMade_FailsTheRunAndNoItem()
    {
        foreach (int parallelism in (int[])[1, 3])
        {
            PipelineRun run = Pipeline.Range(0, 100).Aggregate<int>(
                () => throw new InvalidDataException(), (state, _) => state, (some, _) => some, _ => { }, new() { Parallelism = parallelism }).Start();
            await using (run)
            {
                await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(run.Completion, run));
            }

            Assert.Null(run.Failure!.Item);
            Conservation.AssertHolds(run.Snapshot());
        }
    }

    [Fact]
    public async Task Aggregate_Stopped_FinishesWithWhatWasProduced()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int count = -1;
        PipelineRun run = Pipeline.From(Endlessly()).Aggregate(
            () => 0, (state, _) => state + 1, (some, others) => some + others, state => count = state, s_several).Start();
        await using (run)
        {
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
            PipelineReport report = await run.StopAsync(Timeout.InfiniteTimeSpan).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(report.Blocks[0].Out, count);
        }

        IEnumerable<int> Endlessly()
        {
            for (int i = 0; ; i++)
            {
                if (i == 1000)
                {
                    reached.TrySetResult();
                }

                yield return i;
            }
        }
    }

    [Fact]
    public void Aggregate_BadArguments_AreRefusedAtTheCall()
    {
        Pipeline<int> numbers = Pipeline.Range(0, 3);
        Assert.Throws<ArgumentNullException>("createState", () => numbers.Aggregate<int>(null!, (state, _) => state, (state, _) => state, _ => { }));
        Assert.Throws<ArgumentNullException>("update", () => numbers.Aggregate(() => 0, null!, (state, _) => state, _ => { }));
        Assert.Throws<ArgumentNullException>("combine", () => numbers.Aggregate(() => 0, (state, _) => state, null!, _ => { }));
        Assert.Throws<ArgumentNullException>("finish", () => numbers.Aggregate(() => 0, (state, _) => state, (state, _) => state, null!));
        Assert.Throws<ArgumentNullException>("keySelector", () => { _ = numbers.CountByAsync((Func<int, int>)null!); });
        Assert.Throws<ArgumentException>("options", () => numbers.Aggregate(
            () => 0, (state, _) => state, (state, _) => state, _ => { }, new() { Timeout = TimeSpan.FromSeconds(1) }));
    }
}

internal static class Counts
{
    public static IEnumerable<(TKey Key, TValue Value)> InOrder<TKey, TValue>(this Dictionary<TKey, TValue> counts)
        where TKey : notnull => counts.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key);
}
