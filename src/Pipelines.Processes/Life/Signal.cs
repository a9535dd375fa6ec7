namespace Pipelines.Processes;

/// <summary>Remembers that it was rung. Whoever waits resets it before he looks for news, so that no ring behind his look is lost.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Rung => Volatile.Read(ref _next).Task;

    public void Ring() => Volatile.Read(ref _next).TrySetResult();

    /// <summary>By one only.</summary>
    public void Reset()
    {
        if (_next.Task.IsCompleted)
        {
            Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }
}
