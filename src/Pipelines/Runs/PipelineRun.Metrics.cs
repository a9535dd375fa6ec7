namespace Pipelines;

// The part of a run that the meter reads.
public sealed partial class PipelineRun
{
    internal string MetricName => Options.Name ?? PipelineDiagnostics.Unnamed;

    internal LiveRuns.Place? Place { get; set; }

    /// <summary>What traces the items; null if nobody listens, or they are a part of the run's own trace.</summary>
    internal ItemSpans? ItemSpans { get; set; }

    /// <summary>The run's counters as of now. They never go down.</summary>
    internal IReadOnlyDictionary<Series, long> TotalsIn(RunTotals totals) => totals.Of(MetricName, Figures().Blocks());

    /// <summary>Items in front of each block or in its hands.</summary>
    internal IEnumerable<(string Block, string? From, long Value)> InFlight() => Execution.RunFigures.InFlight(Plan, Now);
}
