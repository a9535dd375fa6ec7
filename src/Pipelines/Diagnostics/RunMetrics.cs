using Pipelines.Execution;

namespace Pipelines;

// The part of a run that the meter reads.
public sealed partial class PipelineRun
{
    internal string MetricName => Options.Name ?? PipelineDiagnostics.Unnamed;

    internal LiveRuns.Place? Place { get; set; }

    /// <summary>The run's counters as of now. They never go down.</summary>
    internal IReadOnlyDictionary<Series, long> TotalsIn(RunTotals totals) => totals.Of(MetricName, Snapshot().Blocks);

    /// <summary>Items in front of each block or in its hands; of blocks that count both sides in units of their own, those in front.</summary>
    internal IEnumerable<(string Block, string? From, long Value)> InFlight()
    {
        for (BlockRun? block = Plan.FirstBlock; block is not null; block = block.Following)
        {
            if (block.Blueprint.Kind != BlockKind.Producer)
            {
                yield return (NameOf(block), null, block.InFlight);
            }
        }
    }
}
