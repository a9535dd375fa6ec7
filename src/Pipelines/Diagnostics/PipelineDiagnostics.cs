namespace Pipelines;

/// <summary>What to listen to for the metrics and traces of every run in the process.</summary>
/// <remarks>
/// <para>Metrics follow OpenTelemetry's naming. Tags: <c>pipeline</c> is <see cref="PipelineOptions.Name"/>, or <c>Pipeline</c> for a run without one;
/// <c>block</c> is the block's name. Runs under one name that go on at once are added up. A series goes with the last run under its name.</para>
/// <list type="table">
/// <item><term><c>pipelines.block.items</c> ({item})</term><description>Items by <c>outcome</c>: out, filtered, failed, dropped,
/// undelivered.</description></item>
/// <item><term><c>pipelines.block.time</c> (s)</term><description>Time by <c>state</c>: busy, starved, blocked, unthreaded. They add up to the run's time
/// times the block's parallelism.</description></item>
/// <item><term><c>pipelines.block.in_flight</c> ({item})</term><description>Items that wait in front of a block or are in its hands.</description></item>
/// <item><term><c>pipelines.block.parallelism</c> ({worker})</term><description>How many items a block with workers may work on at once, at this
/// moment.</description></item>
/// <item><term><c>pipelines.link.usage</c>, <c>pipelines.link.limit</c> ({item})</term><description>Items that wait on the link between <c>from</c> and
/// <c>block</c>, and how many may.</description></item>
/// <item><term><c>pipelines.active_runs</c> ({run})</term><description>Runs that go on.</description></item>
/// <item><term><c>pipelines.run.duration</c> (s)</term><description>A histogram, recorded once a run, by <c>outcome</c>: completed, stopped, cancelled, failed;
/// with <c>error.type</c> if it failed.</description></item>
/// </list>
/// <para>Traces: one span a run, named after the pipeline. A run that was started inside of a span is a part of that trace, and its delegates execute inside of
/// the run's span. Another may go on for ever, and would be one endless trace: there each asynchronous delegate of an item (<c>SelectAsync</c>,
/// <c>WhereAsync</c>, <c>ForEachAsync</c>) executes inside of a span of its own, named after the block, which begins a trace and is linked to the run's span
/// and
/// to the context that the item came with (<see cref="PipelineOptions.ItemContext"/>). So it is for a run with that option, wherever it was started.</para>
/// <para><b>Cost:</b> none an item while nobody listens. All but the histogram are read off the runs' counts when a listener asks. An item's span costs what
/// its listener makes of it; the sampler decides.</para>
/// </remarks>
public static class PipelineDiagnostics
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "Pipelines";

    /// <summary>The name of the <see cref="ActivitySource"/>.</summary>
    public const string ActivitySourceName = "Pipelines";

    /// <summary>What a run without a name is called.</summary>
    internal const string Unnamed = "Pipeline";

    /// <summary>The library's version, which meter and source carry.</summary>
    internal static string? Version { get; } = typeof(PipelineDiagnostics).Assembly.GetName().Version?.ToString(3);
}
