namespace Pipelines;

/// <summary>What a debugger shows of a closed pipeline: its shape.</summary>
internal sealed class PipelineDebugView(Pipeline pipeline)
{
    private readonly PipelineGraph _graph = pipeline.Graph;

    public GraphBlock[] Blocks => [.. _graph.Blocks];

    public GraphLink[] Links => [.. _graph.Links];

    public GraphIsland[] Islands => [.. _graph.Islands];

    public long? MaxInFlight => _graph.MaxInFlight;
}

/// <summary>What a debugger shows of an open pipeline: the blocks so far.</summary>
internal sealed class PipelineDebugView<T>(Pipeline<T> pipeline)
{
    [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
    public GraphBlock[] Blocks => Of(pipeline);

    /// <summary>All but the consumer, which is put there for the shape to be complete.</summary>
    public static GraphBlock[] Of(Pipeline<T> pipeline) => [.. pipeline.ForEach(static _ => { }).Graph.Blocks.SkipLast(1)];
}

/// <summary>What a debugger shows of a run: where it stands.</summary>
internal sealed class RunDebugView(PipelineRun run)
{
    private readonly PipelineReport _report = run.Snapshot();

    public RunOutcome Outcome => _report.Outcome;

    public TimeSpan Elapsed => _report.Elapsed;

    public string? Bottleneck => _report.Bottleneck;

    public BlockReport[] Blocks => [.. _report.Blocks];

    public LinkReport[] Links => [.. _report.Links];

    public BlockFailure? Failure => _report.Failure;

    public BlockFailure[] LaterFailures => [.. _report.LaterFailures];
}

/// <summary>What a debugger shows of a report: its rows, and what they say.</summary>
internal sealed class ReportDebugView(PipelineReport report)
{
    public RunOutcome Outcome => report.Outcome;

    public TimeSpan Elapsed => report.Elapsed;

    public string? Bottleneck => report.Bottleneck;

    public BlockReport[] Blocks => [.. report.Blocks];

    public LinkReport[] Links => [.. report.Links];

    public BlockFailure? Failure => report.Failure;

    public BlockFailure[] LaterFailures => [.. report.LaterFailures];
}
