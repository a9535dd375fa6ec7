namespace Pipelines;

/// <summary>The task of a run, and those that end with it and as it did.</summary>
/// <remarks>Completed once, by the run's last step. What is added later ends at once; which of the two it is, is decided under the run's gate.</remarks>
internal sealed class RunCompletion(Life life) : TaskCompletionSource<PipelineReport>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private List<RunResult>? _results;
    private bool _isTold;

    /// <summary>What ends with the run. At once if it has ended.</summary>
    public void Add(RunResult result)
    {
        using (life.Gate.Enter())
        {
            if (!_isTold)
            {
                (_results ??= []).Add(result);
                return;
            }
        }

        Tell(result);
    }

    /// <summary>A value that the run has made, when it has ended well; how it has ended otherwise shows as in the run's own task.</summary>
    public Task<T> ResultAsync<T>(Func<PipelineReport, T> value)
    {
        var result = new RunResult<T>(value);
        Add(result);
        Watch(Task); // whoever has the value's task sees it there
        return result.Task;
    }

    /// <summary>Ends with the run, and well however it did. Who awaits it goes on where it is, with no step elsewhere in between.</summary>
    public Task EndAsync()
    {
        var end = new RunEnd();
        Add(end);
        Watch(Task); // whoever does not want to know how it ended has seen that it has
        return end.Task;
    }

    /// <summary>The run has ended.</summary>
    public void End(Life.Cause cause, PipelineReport report)
    {
        switch (cause)
        {
            case Life.Cause.Failed:
                PipelineReport.Remember(life.Failure!.Exception, report);
                SetException(life.Failure!.Exception);
                break;
            case Life.Cause.Cancelled:
                PipelineReport.Remember(Task, report);
                SetCanceled(life.CancelledBy);
                break;
            default:
                SetResult(report);
                break;
        }

        List<RunResult>? results;
        using (life.Gate.Enter())
        {
            _isTold = true;
            results = _results;
            _results = null;
        }

        results?.ForEach(Tell);
    }

    /// <summary>Somebody else has the failure of this task: nobody has to look at it.</summary>
    public static void Watch(Task task) => _ = task.ContinueWith(
        static task => _ = task.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private void Tell(RunResult result)
    {
        if (Task.IsCompletedSuccessfully)
        {
            result.Succeed(Task.Result);
        }
        else if (Task.IsFaulted)
        {
            result.Fail(Task.Exception!.InnerException!);
        }
        else
        {
            result.Cancel(life.CancelledBy);
        }
    }
}
