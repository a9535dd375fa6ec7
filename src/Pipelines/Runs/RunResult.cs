namespace Pipelines;

/// <summary>A task outside that ends with a run, and as the run did.</summary>
internal abstract class RunResult
{
    /// <summary>The run ended well: takes the result from where it is.</summary>
    public abstract void Succeed(PipelineReport report);

    /// <summary>It has failed; also with a user's own <see cref="OperationCanceledException"/>, which is a failure like any other.</summary>
    public abstract void Fail(Exception error);

    public abstract void Cancel(CancellationToken token);
}

/// <summary>The same with a value.</summary>
internal sealed class RunResult<T>(Func<PipelineReport, T> result) : RunResult
{
    private readonly TaskCompletionSource<T> _task = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _task.Task;

    public override void Succeed(PipelineReport report)
    {
        try
        {
            _task.TrySetResult(result(report));
        }
        catch (Exception error)
        {
            _task.TrySetException(error);
        }
    }

    public override void Fail(Exception error) => _task.TrySetException(error);

    public override void Cancel(CancellationToken token) => _task.TrySetCanceled(token);
}

/// <summary>A task outside that ends with a run, and well however the run did.</summary>
internal sealed class RunEnd : RunResult
{
    private readonly TaskCompletionSource _task = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _task.Task;

    public override void Succeed(PipelineReport report) => _task.TrySetResult();

    public override void Fail(Exception error) => _task.TrySetResult();

    public override void Cancel(CancellationToken token) => _task.TrySetResult();
}
