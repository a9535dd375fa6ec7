using System.Diagnostics;

namespace Pipelines.Tests.Documentation.Pages;

public sealed class ObservabilityTests
{
    [Fact]
    public async Task Snapshot_NamesTheBottleneck()
    {
        List<string> log = [];
        var looked = new TaskCompletionSource();
        Pipeline pipeline = Pipeline.Range(0, 1000).Buffer(10).ForEachAsync(async _ => await looked.Task);
        // One look is enough here: the consumer goes on as soon as it has been seen to wait.
        _ = Task.Run(() => SpinWait.SpinUntil(() => log.Count > 0, TimeSpan.FromSeconds(60))).ContinueWith(_ => looked.SetResult(), TaskScheduler.Default);
        // snippet: watch
        await using PipelineRun run = pipeline.Start(new() { Name = "import" });
        while (!run.Completion.IsCompleted)
        {
            PipelineReport now = run.Snapshot();
            log.Add($"{now.Blocks[^1].Out} done, {now.Links.Sum(link => link.Waiting)} wait. {now.Bottleneck}");
            await Task.WhenAny(run.Completion, Task.Delay(TimeSpan.FromSeconds(1)));
        }
        // end
        Assert.Equal(1000, run.Snapshot().Blocks[^1].Out);
        Assert.NotEmpty(log);
    }

    [Fact]
    public async Task Items_AreLinkedToWhereTheyCameFrom()
    {
        var trace = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        List<ActivityContext> links = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Name == "store" ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = span => links.AddRange(span.Links.Select(link => link.Context).Where(context => context == trace)),
        };
        ActivitySource.AddActivityListener(listener);
        Pipeline orders = Pipeline.From([new Order(trace)]).ForEachAsync(_ => default(ValueTask), expression: "store");
        // snippet: items
        // Trace is an ActivityContext, parsed from the traceparent of the message that the order came in.
        await orders.RunAsync(new() { Name = "orders", ItemContext = item => item is Order order ? order.Trace : default });
        // end
        Assert.Equal([trace], links);
    }

    [Fact]
    public async Task Graph_IsDrawnWithAndWithoutAReport()
    {
        Pipeline pipeline = Pipeline.Range(0, 10).Buffer(3).ForEach(_ => { });
        PipelineReport report = await pipeline.RunAsync();
        // snippet: draw
        string drawing = pipeline.Graph.ToMermaid();            // what it is made of: islands, links with their capacity
        string overlay = pipeline.Graph.ToMermaid(report);      // and what a run has done: rates, busy shares, colours
        string graphviz = pipeline.Graph.ToDot(report);         // the same for Graphviz
        // end
        Assert.Contains("Buffer", drawing, StringComparison.Ordinal);
        Assert.NotEqual(drawing, overlay);
        Assert.StartsWith("digraph", graphviz, StringComparison.Ordinal);
    }

    private sealed record Order(ActivityContext Trace);
}
