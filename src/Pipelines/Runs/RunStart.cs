using Pipelines.Execution;

namespace Pipelines;

/// <summary>The first step of a run.</summary>
internal static class RunStart
{
    public static void Start(PipelineRun run, CancellationToken cancellationToken)
    {
        run.Plan.RefuseUnfedBranches();
        run.Begin(); // before anything is claimed: if it throws, the caller may try again
        if (run.Plan.Claims is { } claims)
        {
            OneShot.ClaimAll(claims);
        }

        System.Diagnostics.Activity? span = RunSpan.Start(run, out ExecutionContext? context, out ItemSpans? items);
        (run.Context, run.ItemSpans) = (context, items);
        int number = 0;
        int begun = 0;
        for (Island? island = run.Plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Number = ++number;
            begun += island.IsDeferred ? 0 : 1;
        }

        run.Life.AddActivities(begun);
        PipelineMeter.RunHasStarted(run);
        run.Place!.Span = span;
        if (cancellationToken.CanBeCanceled)
        {
            run.Registration = cancellationToken.UnsafeRegister(static (run, token) => ((PipelineRun)run!).TryAbort(Life.Cause.Cancelled, token), run);
        }

        for (Island? island = run.Plan.FirstIsland; island is not null; island = island.Following)
        {
            if (!island.IsDeferred)
            {
                island.Start();
            }
        }

        // The registration is stored and every island has its place in the count: from here on the run can end. If all of it has ended already,
        // its last step runs where everything runs: it calls user code, which has no business on the caller's thread.
        run.OutsideActivityEnded();
    }

    /// <summary>The last one, on a thread of the run's.</summary>
    public sealed class LastStep(PipelineRun run) : IThreadPoolWorkItem
    {
        public void Execute() => run.Finish();
    }
}
