namespace Pipelines.Tests.Blocks;

/// <summary>What a failure says of its place.</summary>
public sealed class FailureTests
{
    private const int Failing = 33;

    public static TheoryData<BlockCase> ItemByItem() => new(BlockCases.List.Where(one => one is { CanFail: true, ItemByItem: true }));

    public static TheoryData<BlockCase> Whole() => new(BlockCases.List.Where(one => one is { CanFail: true, ItemByItem: false }));

    [Theory]
    [MemberData(nameof(ItemByItem))]
    public async Task Failure_DelegateThrows_HasTheItemAndTheOneBlockThatCountsIt(BlockCase block)
    {
        (PipelineRun run, Exception thrown) = await RunAsync(block);
        PipelineReport report = run.Snapshot();

        Assert.Same(thrown, run.Failure!.Exception);
        Assert.Equal(Failing, run.Failure.Item);
        Assert.Equal(Failing, PipelineReport.Of(thrown)!.Failure!.Item);
        Assert.Equal([run.Failure.Block], thrown.Data.Values.Cast<object>());
        BlockReport failed = Assert.Single(report.Blocks, one => one.Failed > 0);
        Assert.Equal(1, failed.Failed);
        Assert.Equal(failed.Name, run.Failure.Block);
        Assert.NotEqual(report.Blocks[0].Name, failed.Name);
        Assert.Empty(report.LaterFailures);
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public async Task Failure_DelegateOverTheStreamThrows_HasTheBlockAndNoItem(BlockCase block)
    {
        (PipelineRun run, Exception thrown) = await RunAsync(block);

        Assert.Same(thrown, run.Failure!.Exception);
        Assert.Null(run.Failure.Item);
        Assert.Equal("rewrite", run.Failure.Block);
        Assert.All(run.Snapshot().Blocks, one => Assert.Equal(0, one.Failed));
    }

    [Fact]
    public async Task Cast_ItemOfAnotherType_FailsOnThatItem()
    {
        await using PipelineRun run = Pipeline.From(new object[] { 1, "two", 3 }).Cast<int>().ForEach(_ => { }).Start();

        Assert.IsType<InvalidCastException>(await Ended.ExceptionAsync(run));
        Assert.Equal("two", run.Failure!.Item);
        Assert.Equal("Cast<Int32>", run.Failure.Block);
    }

    [Fact]
    public async Task WhereAsync_FailsBeforeWhatIsDone_GivesBackItemsThatPassAndCountsOthersAsFiltered()
    {
        var thrown = new InvalidDataException();
        var first = new TaskCompletionSource();
        List<object?> returned = [];
        int done = 0;
        await using PipelineRun run = Pipeline.Range(0, 3).WhereAsync(
            async x =>
            {
                await (x == 0 ? first.Task : Task.CompletedTask);
                _ = x != 0 && Interlocked.Increment(ref done) == 2 && first.TrySetResult();
                return x == 0 ? throw thrown : x == 1;
            },
            new BlockOptions { Parallelism = 3, Capacity = 4 }).ForEach(_ => { }).Start(
                new PipelineOptions { OnUndelivered = item => returned.Add(item.Item) });

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.DoesNotContain(returned, item => item is not int);
        Assert.Equal(returned.Count, run.Snapshot().Undelivered);
        Assert.Contains(1, returned);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    private static async Task<(PipelineRun Run, Exception Thrown)> RunAsync(BlockCase block)
    {
        var thrown = new InvalidDataException("item 33");
        Pipeline pipeline = block.Apply(Pipeline.Range(0, 1000), x => _ = x == Failing ? throw thrown : x).ForEach(_ => { });
        await using PipelineRun run = pipeline.Start();
        Assert.Same(thrown, await Ended.ExceptionAsync(run, block.Name));
        return (run, thrown);
    }
}
