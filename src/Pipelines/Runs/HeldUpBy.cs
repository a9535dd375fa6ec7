using Pipelines.Execution;

namespace Pipelines;

/// <summary>Whose code has been told to end and has not returned.</summary>
internal static class HeldUpBy
{
    /// <summary>The names of all of it, as far as can be seen from outside.</summary>
    public static string[] Of(PipelineRun run)
    {
        if (!run.IsStopping || run.Completion.IsCompleted)
        {
            return [];
        }

        List<string> names = [];
        for (Island? island = run.Plan.FirstIsland; island is not null; island = island.Following)
        {
            // A stop tells the producers alone: the others go on until their input ends.
            if (island.IsInCode && (run.IsAborting || island.Head.Blueprint.Kind == BlockKind.Producer))
            {
                names.Add(run.NameOf(island.InsideOf));
            }
        }

        if (run.IsInTokenCallback)
        {
            names.Add(RunTokens.CallbackName);
        }

        if (run.IsDisposingLeftovers)
        {
            names.Add(run.Options.OnUndelivered is null ? nameof(PipelineOptions.DisposeUndelivered) : nameof(PipelineOptions.OnUndelivered));
        }

        if (run.TellsOutside is { } outside)
        {
            names.Add(outside);
        }

        return [.. names];
    }
}
