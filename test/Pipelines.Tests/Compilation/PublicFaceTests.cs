namespace Pipelines.Tests.Compilation;

/// <summary>Programs as the documentation shows them compile as written.</summary>
public sealed class PublicFaceTests
{
    [Theory]
    [InlineData(
        """
        PipelineReport report = await Pipeline
            .From(Directory.EnumerateFiles(folder, "*.xml"))
            .SelectAsync(File.ReadAllTextAsync, new() { Parallelism = 4 })
            .SelectMany(Tokenize)
            .Where(word => word.Length > 3)
            .Batch(1000)
            .ForEachAsync(store.AddAsync)
            .RunAsync(cancellationToken);

        Console.WriteLine(report);
        """)]
    [InlineData(
        """
        PipelineReport report = await numbers.ForEach(_ => { }).RunAsync(new PipelineOptions { Name = "count", Capacity = 16 }, cancellationToken);
        report = await numbers.ForEach(_ => { }).RunAsync(new() { TimeProvider = TimeProvider.System, Scheduler = null, OnUndelivered = item => { } });
        """)]
    [InlineData(
        """
        await using PipelineRun run = numbers.ForEach(_ => { }).Start();
        run.Abort();
        PipelineReport report = run.Snapshot();
        report = await run.StopAsync(TimeSpan.FromSeconds(1));
        report = await run.Completion;
        if (run.Failure is { Block: string block, Item: object item, Exception: Exception error }) { }
        """)]
    [InlineData(
        """
        PipelineRun run = numbers.ForEach(_ => { }).Start(new() { Name = "x" }, cancellationToken);
        run = numbers.ForEach(_ => { }).Start(cancellationToken: cancellationToken);
        (string? name, RunOutcome outcome, TimeSpan elapsed, IReadOnlyList<BlockReport> blocks, long undelivered) =
            (run.Snapshot().Name, run.Snapshot().Outcome, run.Snapshot().Elapsed, run.Snapshot().Blocks, run.Snapshot().Undelivered);
        foreach (BlockReport block in blocks)
        {
            (string, BlockKind, int) description = (block.Name, block.Kind, block.Parallelism);
            long count = block.In + block.Out + block.Filtered + block.Failed + block.Dropped + block.Undelivered;
            TimeSpan time = block.Busy + block.Starved + block.Blocked;
        }
        """)]
    [InlineData(
        """
        await foreach (int item in numbers.ReadAllAsync(cancellationToken)) { }
        await foreach (int item in numbers.ReadAllAsync().WithCancellation(cancellationToken)) { }
        await foreach (int item in numbers.ReadAllAsync(new PipelineOptions { Capacity = 2 }, cancellationToken)) { }
        List<int> list = await numbers.ToListAsync();
        list = await numbers.ToListAsync(new PipelineOptions(), cancellationToken);
        int count = await numbers.CountAsync(cancellationToken);
        count = await numbers.CountAsync(new PipelineOptions());
        int sum = await numbers.AggregateAsync(0, (total, item) => total + item);
        long longSum = await numbers.AggregateAsync(0L, (total, item) => total + item, new PipelineOptions(), cancellationToken);
        int first = await numbers.FirstAsync();
        int? none = await numbers.FirstOrDefaultAsync(new PipelineOptions(), cancellationToken);
        ChannelReader<int> reader = numbers.ToChannelReader();
        reader = numbers.ToChannelReader(new PipelineOptions(), cancellationToken);
        """)]
    [InlineData(
        """
        Pipeline<int> same = numbers
            .Do(Console.WriteLine).Take(1).Skip(1).TakeWhile(x => x > 0).SkipWhile(x => x > 0).TakeUntil(x => x < 0).DistinctBy(x => x % 10)
            .Buffer(10);
        Pipeline<long> totals = numbers.Scan(0L, (total, item) => total + item);
        Pipeline<int[]> batches = numbers.Batch(100);
        Pipeline<string> strings = numbers.Cast<object>().OfType<string>();
        Pipeline closed = numbers.To(Channel.CreateUnbounded<int>().Writer);
        closed = numbers.To(Channel.CreateUnbounded<int>().Writer, leaveOpen: true);
        PipelineGraph graph = closed.Graph;
        (object, object, object, long?, string, string) parts = (graph.Blocks, graph.Links, graph.Islands, graph.MaxInFlight, graph.ToMermaid(), graph.ToDot());
        """)]
    [InlineData(
        """
        BlockOptions options = new() { Name = "download", Parallelism = 4, Ordered = false, Capacity = 10 };
        PipelineReport report = await numbers.SelectAsync(DownloadAsync, options).ForEachAsync(store.AddAsync, options with { Name = "store" }).RunAsync();
        """)]
    [InlineData(
        """
        PipelineReport report = await numbers.ForEach(_ => { }).RunAsync(new() { Capacity = 2 });
        List<int> list = await numbers.ToListAsync(new() { Capacity = 2 });
        long count = await numbers.CountAsync(new() { Capacity = 2 }) + await numbers.LongCountAsync(new() { Capacity = 2 });
        int sum = await numbers.AggregateAsync(0, (total, item) => total + item, new() { Capacity = 2 });
        int first = await numbers.FirstAsync(new() { Capacity = 2 }) + await numbers.FirstOrDefaultAsync(new() { Capacity = 2 });
        await foreach (int item in numbers.ReadAllAsync(new() { Capacity = 2 })) { }
        """)]
    public void Program_AsWritten_Compiles(string statements) => Assert.Empty(new Snippet(statements).Errors);

    // With the in-box LINQ in view, an open pipeline that were a sequence would offer its operators twice. For await foreach the pattern is enough.
    [Fact]
    public void Pipeline_WithLinqInView_IsNoSequence()
    {
        Assert.Empty(new Snippet("await foreach (int item in numbers) { }").Errors);
        string error = Assert.Single(new Snippet("IAsyncEnumerable<int> sequence = numbers;").Errors);
        Assert.StartsWith("CS0029", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pipeline_LinqOperatorThatWeDoNotHave_DoesNotCompile() =>
        Assert.Single(new Snippet("_ = numbers.OrderBy(x => x);").Errors);

    [Fact]
    public void OpenPipeline_RunAsync_DoesNotCompile()
    {
        string error = Assert.Single(new Snippet("await numbers.RunAsync();").Errors);
        Assert.StartsWith("CS1061", error, StringComparison.Ordinal);
    }
}
