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
        _hasEnded ? Options.TimeProvider.GetElapsedTime(_started, _ended) : Options.TimeProvider.GetElapsedTime(_started),
        Figures(),
        Failure,
        LaterFailures(),
        HeldUpBy());

    /// <summary>What has been counted, up to now or to the run's end.</summary>
    internal RunFigures Figures() => RunFigures.Read(_plan, _hasEnded ? _ended - _started + 1 : Now);

    internal string NameOf(BlockRun block)
    {
        Topology topology = _plan.Topology; // which tells the blocks their places
        return topology.Names[block.Index];
    }

    private void HasEndedAt(long timestamp)
    {
        _ended = timestamp;
        _hasEnded = true;
    }

    // A stop tells the producers alone: the others go on until their input ends.
    private string[] HeldUpBy()
    {
        if (!IsStopping)
        {
            return [];
        }

        List<string> names = [];
        for (Island? island = _plan.FirstIsland; island is not null; island = island.Following)
        {
            if (island.IsInCode && (IsAborting || island.Head.Blueprint.Kind == BlockKind.Producer))
            {
                names.Add(NameOf(island.InsideOf));
            }
        }

        return [.. names];
    }
}
