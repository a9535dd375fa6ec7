using Pipelines.Execution;

namespace Pipelines;

/// <summary>The last step of a run, when nothing else of it executes any more.</summary>
internal static class RunFinish
{
    /// <summary>Gives back what is left over, tells the outside, completes the run. It lets nothing escape, so that nothing can keep the run from its
    /// end.</summary>
    public static async Task FinishAsync(PipelineRun run)
    {
        try
        {
            await EndAsync(run).AtOnce(run.Edge);
        }
        catch (Exception error)
        {
            run.FailLate(new BlockFailure { Block = "the end of the run", Item = null, Exception = error });
        }

        Complete(run);
    }

    private static async ValueTask EndAsync(PipelineRun run)
    {
        run.LeaveToken();
        for (Island? island = run.Plan.FirstIsland; island is not null; island = island.Following)
        {
            try
            {
                island.Abandon();
            }
            catch (Exception error)
            {
                run.FailLate(new BlockFailure { Block = run.NameOf(island.Head), Item = null, Exception = error });
            }
        }

        run.Life.End();
        await DisposeOwnedAsync(run).AtOnce(run.Edge);
        await run.GiveBackLeftoversAsync().AtOnce(run.Edge);
        run.HasEnded();
        TellOutside(run);
        run.HasEnded(); // what the outside has thrown counts
    }

    private static async ValueTask DisposeOwnedAsync(PipelineRun run)
    {
        if (run.Plan.Owned is not { } all)
        {
            return;
        }

        foreach (IRunOwned owned in all)
        {
            run.TellsOutside = run.NameOf(owned.Block);
            try
            {
                if (owned.Resource is IAsyncDisposable asynchronous)
                {
                    await asynchronous.DisposeAsync().Queued(run.Edge);
                }
                else if (owned.Resource is IDisposable disposable)
                {
                    disposable.Dispose();
                }
            }
            catch (Exception error)
            {
                run.FailLate(new BlockFailure { Block = run.NameOf(owned.Block), Item = null, Exception = error });
            }
        }

        run.TellsOutside = null;
    }

    private static void TellOutside(PipelineRun run)
    {
        if (run.Plan.Ends is not { } ends)
        {
            return;
        }

        Exception? error = run.Life.End() switch
        {
            Life.Cause.Failed => run.Failure!.Exception,
            Life.Cause.Cancelled => new OperationCanceledException("The pipeline run was cancelled.", run.Life.CancelledBy),
            Life.Cause.Aborted => new OperationCanceledException("The pipeline run was aborted."),
            _ => null,
        };
        foreach (IRunEnd end in ends)
        {
            try
            {
                run.TellsOutside = end.Name;
                end.End(error);
            }
            catch (Exception refusal)
            {
                run.FailLate(new BlockFailure { Block = end.Name, Item = null, Exception = refusal });
            }
        }

        run.TellsOutside = null;
    }

    private static void Complete(PipelineRun run)
    {
        BlockFailure? failure = run.Failure;
        if (run.Life.TakeRest() is { } rest)
        {
            if (failure is not null)
            {
                rest.Failed(failure.Exception);
            }
            else
            {
                rest.Reached();
            }
        }

        run.LeaveMeters(failure);
        run.SetCompletion();
    }
}
