using Pipelines.Execution;

namespace Pipelines;

// The part of a run that reports on it.
public sealed partial class PipelineRun
{
    private volatile bool _hasEnded; // tells whether the moment it ended is one: any moment of a clock may be 0

    /// <summary>The counts at this moment. While the run goes on they are read one after the other, so they may differ by what moved meanwhile.</summary>
    /// <returns>A report that does not change any more.</returns>
    public PipelineReport Snapshot() => new(
        Options.Name,
        _outcome,
        Edge.Elapsed((_hasEnded ? _ended : Edge.Timestamp()) - _started),
        Figures(),
        Failure,
        LaterFailures(),
        HeldUpBy.Of(this));

    /// <summary>What has been counted, up to now or to the run's end.</summary>
    internal RunFigures Figures() => RunFigures.Read(Plan, _hasEnded ? _ended - _started + 1 : Now);

    internal string NameOf(BlockRun block)
    {
        Topology topology = Plan.Topology; // which tells the blocks their places
        return topology.Names[block.Original.Index];
    }
}
