namespace Pipelines;

/// <summary>What those wait for who have paused a run: that nothing of it executes any more.</summary>
/// <remarks>Made when it is first needed: most runs are never paused. Ended once, by whoever takes it from the run.</remarks>
internal sealed class Rest
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _reached.Task;

    public void Reached() => _reached.TrySetResult();

    /// <summary>The run goes on before it has come to rest.</summary>
    public void Resumed() => _reached.TrySetCanceled();

    /// <summary>The run has ended, and not well.</summary>
    public void Failed(Exception error)
    {
        _reached.TrySetException(error);
        _ = _reached.Task.Exception; // whoever paused may have looked away
    }
}
