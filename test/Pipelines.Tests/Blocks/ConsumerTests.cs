namespace Pipelines.Tests.Blocks;

/// <summary>Where items go: delegates, and members that run the pipeline for one value.</summary>
public sealed class ConsumerTests
{
    [Theory]
    [InlineData(1, 256)]
    [InlineData(4, 1)]
    [InlineData(4, 256)]
    public async Task ForEachAsync_SomeAtOnce_ConsumesEachItemOnce(int parallelism, int capacity)
    {
        int[] seen = new int[1000];
        int now = 0;
        int most = 0;
        await using PipelineRun run = Pipeline.Range(0, 1000).ForEachAsync(
            async x =>
            {
                int current = Interlocked.Increment(ref now);
                InterlockedMax(ref most, current);
                await Task.Yield();
                Interlocked.Increment(ref seen[x]);
                Interlocked.Decrement(ref now);
            },
            new BlockOptions { Parallelism = parallelism, Capacity = capacity }).Start();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.All(seen, times => Assert.Equal(1, times));
        Assert.InRange(most, 1, parallelism);
        Assert.Equal(1000, report.Blocks[^1].Out);
        Conservation.AssertHoldsInLine(report);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task ForEachAsync_Throws_FailsOnThatItemAndGivesBackTheRest(int parallelism)
    {
        var thrown = new InvalidDataException();
        int consumed = 0;
        List<object?> returned = [];
        await using PipelineRun run = Pipeline.Range(0, 1000).ForEachAsync(
            async x =>
            {
                await Task.Yield();
                _ = x == 33 ? throw thrown : Interlocked.Increment(ref consumed);
            },
            new BlockOptions { Parallelism = parallelism, Name = "consumer" }).Start(new PipelineOptions { OnUndelivered = item => returned.Add(item.Item) });

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.Equal(33, run.Failure!.Item);
        Assert.Equal("consumer", run.Failure.Block);
        PipelineReport report = run.Snapshot();
        Assert.Equal(consumed, report.Blocks[^1].Out);
        Assert.Equal(1, report.Blocks[^1].Failed);
        Assert.Equal(returned.Count, report.Undelivered);
        Assert.All(returned, item => Assert.IsType<int>(item));
        Conservation.AssertHoldsInLine(report);
    }

    [Fact]
    public async Task ForEach_Throws_FailsOnThatItemBehindACompletePrefix()
    {
        var thrown = new InvalidDataException();
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.Range(0, 1000).ForEach(x => consumed.Add(x == 33 ? throw thrown : x), new() { Name = "consumer" }).Start();

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.Equal(33, run.Failure!.Item);
        Assert.Equal("consumer", run.Failure.Block);
        Assert.Equal(Enumerable.Range(0, 33), consumed);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public async Task Consume_ReturnsEarly_StopsUpstreamAndGivesBackWhatItLeft(int capacity)
    {
        List<int> consumed = [];
        int returned = 0;
        int yielded = 0;
        await using PipelineRun run = Pipeline.From(Endless(() => yielded++)).Consume(async (reader, token) =>
        {
            for (int i = 0; i < 5; i++)
            {
                consumed.Add(await reader.ReadAsync(token));
            }
        }).Start(new PipelineOptions { Capacity = capacity, OnUndelivered = _ => returned++ });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Assert.Equal(Enumerable.Range(0, 5), consumed);
        Assert.Equal(returned, report.Undelivered);
        Assert.Equal(yielded, report.Blocks[0].Out);
        Assert.Equal(5, report.Blocks[^1].Out);
        Conservation.AssertHoldsInLine(report);
    }

    [Fact]
    public async Task Consume_Throws_FailsOutsideOfAnyItem()
    {
        var thrown = new InvalidDataException();
        await using PipelineRun run = Pipeline.Range(0, 10).Consume((_, _) => throw thrown, new() { Name = "consumer" }).Start();

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.Null(run.Failure!.Item);
        Assert.Equal("consumer", run.Failure.Block);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    [Fact]
    public async Task RunForAValue_SomeItems_ReturnsIt()
    {
        Pipeline<int> pipeline = Pipeline.Range(1, 1000);

        Assert.Equal(Enumerable.Range(1, 1000), await Patience.WithAsync(pipeline.ToListAsync()));
        Assert.Equal(1000, await Patience.WithAsync(pipeline.CountAsync()));
        Assert.Equal(1000, await Patience.WithAsync(pipeline.LongCountAsync()));
        Assert.Equal(500_500, await Patience.WithAsync(pipeline.AggregateAsync(0, (sum, x) => sum + x)));
        Assert.Equal(1, await Patience.WithAsync(pipeline.FirstAsync()));
        Assert.Equal(7, await Patience.WithAsync(pipeline.Where(_ => false).AggregateAsync(7, (sum, x) => sum + x)));
    }

    [Fact]
    public async Task FirstAsync_EndlessSource_EndsTheRunAndGivesBackTheRest()
    {
        int yielded = 0;
        int returned = 0;
        var options = new PipelineOptions { Capacity = 4, OnUndelivered = _ => returned++ };

        Assert.Equal(0, await Patience.WithAsync(Pipeline.From(Endless(() => yielded++)).Buffer(4).FirstAsync(options)));
        Assert.Equal(yielded, returned + 1);
        Assert.Equal(0, await Patience.WithAsync(Pipeline.From(Endless(() => { })).FirstOrDefaultAsync()));
    }

    [Fact]
    public async Task FirstAsync_NoItems_ThrowsOrReturnsTheDefault()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Patience.WithAsync(Pipeline.Range(0, 0).FirstAsync()));
        Assert.Equal(0, await Patience.WithAsync(Pipeline.Range(0, 0).FirstOrDefaultAsync()));
        Assert.Null(await Patience.WithAsync(Pipeline.From(Array.Empty<string>()).FirstOrDefaultAsync()));
    }

    [Fact]
    public async Task RunForAValue_DelegateThrows_ThrowsThatException()
    {
        var thrown = new InvalidDataException();
        Pipeline<int> pipeline = Pipeline.Range(0, 10).Select(x => x == 0 ? throw thrown : x);

        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(pipeline.ToListAsync())));
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(pipeline.CountAsync())));
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(pipeline.FirstOrDefaultAsync())));
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(
            () => Patience.WithAsync(Pipeline.Range(0, 10).AggregateAsync<int>(0, (_, _) => throw thrown))));
    }

    private static IEnumerable<int> Endless(Action count)
    {
        for (int i = 0; ; i++)
        {
            count();
            yield return i;
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is var now && now != seen)
        {
            seen = now;
        }
    }
}
