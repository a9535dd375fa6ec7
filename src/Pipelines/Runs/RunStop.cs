namespace Pipelines;

/// <summary>Cuts the draining of a run short: at a time-out, or when a token is cancelled.</summary>
internal static class RunStop
{
    // Real time, for threads that are in somebody's code and see on their way out that it is over: no clock that a test moves would tell them apart from
    // those that never return.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(100);

    /// <summary>Ends with the run, or with what stands when it was cut short and has not ended at once.</summary>
    public static Task<PipelineReport> StopAsync(PipelineRun run, RunCompletion completion, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var stop = new RunResult<PipelineReport>(static report => report);
        completion.Add(stop);
        _ = CutShortAsync(run, stop, timeout, cancellationToken);
        RunCompletion.Watch(stop.Task); // the run's own task has it
        return stop.Task;
    }

    /// <summary>Aborts a run that drains behind a failure. The timer, to be disposed with the run.</summary>
    public static ITimer? AbortAfter(PipelineRun run, TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return null;
        }

        try
        {
            if (timeout != TimeSpan.Zero)
            {
                return run.Options.TimeProvider.CreateTimer(
                    static run => ((PipelineRun)run!).TryAbort(Life.Cause.Failed), run, Require.ForTimer(timeout), Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception error)
        {
            run.NoteFailure(OfClock(error));
        }

        run.TryAbort(Life.Cause.Failed);
        return null;
    }

    private static async Task CutShortAsync(PipelineRun run, RunResult stop, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var settled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            Task late = Task.Delay(Require.ForTimer(timeout), run.Options.TimeProvider, settled.Token);
            await Task.WhenAny(run.Completion, late).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            run.Fail(OfClock(error));
        }

        await settled.CancelAsync().ConfigureAwait(false);
        if (run.Completion.IsCompleted)
        {
            return;
        }

        run.Abort();
        await Task.WhenAny(run.Completion, Task.Delay(s_grace, TimeProvider.System, CancellationToken.None)).ConfigureAwait(false);
        if (!run.Completion.IsCompleted)
        {
            stop.Succeed(run.Snapshot());
        }
    }

    private static BlockFailure OfClock(Exception error) => new() { Block = "the clock", Item = null, Exception = error };
}
