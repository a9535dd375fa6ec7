namespace Pipelines;

/// <summary>One call of <see cref="PipelineRun.StopAsync"/>: ends with the run, or with what stands when the draining was cut short.</summary>
/// <remarks>
/// <para>States: <i>draining</i>, until the run's end, the time-out or the token; <i>cut short</i> by whoever of the last two is first, who aborts the run
/// there and then, on its own thread, so that a clock that a test moves has aborted it when it has been moved; <i>ended</i>, by the run's last step, or by
/// the grace that whoever has cut it short has left it.</para>
/// <para>What it holds, the timer and the registration, is let go before its task ends.</para>
/// </remarks>
internal sealed class RunStop(PipelineRun run) : RunResult
{
    // Real time, for threads that are in somebody's code and see on their way out that it is over: no clock that a test moves would tell them apart from
    // those that never return.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource<PipelineReport> _task = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private CancellationTokenRegistration _registration;
    private int _isCutShort;

    /// <summary>Cuts the draining short at the time-out, or when the token is cancelled.</summary>
    public static Task<PipelineReport> StopAsync(PipelineRun run, RunCompletion completion, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var stop = new RunStop(run);
        stop._timer = run.Edge.After(timeout, static stop => ((RunStop)stop!).CutShort(), stop);
        stop._registration = cancellationToken.UnsafeRegister(static stop => ((RunStop)stop!).CutShort(), stop);
        completion.Add(stop); // last: with it comes the end
        RunCompletion.Watch(stop._task.Task); // the run's own task has it
        return stop._task.Task;
    }

    public override void Succeed(PipelineReport report)
    {
        LetGo();
        _task.TrySetResult(report);
    }

    public override void Fail(Exception error)
    {
        LetGo();
        _task.TrySetException(error);
    }

    public override void Cancel(CancellationToken token)
    {
        LetGo();
        _task.TrySetCanceled(token);
    }

    private void CutShort()
    {
        if (Interlocked.Exchange(ref _isCutShort, 1) == 0)
        {
            run.Abort();
            _ = Task.Delay(s_grace, TimeProvider.System).ContinueWith(
                static (_, stop) => ((RunStop)stop!).Give(), this, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    // Somebody's code does not return.
    private void Give()
    {
        if (!run.Completion.IsCompleted)
        {
            Succeed(run.Snapshot());
        }
    }

    private void LetGo()
    {
        run.Edge.Dispose(_timer);
        _registration.Unregister();
    }
}
