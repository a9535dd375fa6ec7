namespace Pipelines.Tests.Channels;

/// <summary>A context that counts what is posted to it, and runs that on the thread pool.</summary>
internal sealed class CountingContext : SynchronizationContext
{
    private int _posts;

    public int Posts => Volatile.Read(ref _posts);

    /// <summary>Calls with this context as the current one.</summary>
    public T Run<T>(Func<T> call)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            return call();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        Interlocked.Increment(ref _posts);
        ThreadPool.UnsafeQueueUserWorkItem(
            _ => Run(() =>
            {
                d(state);
                return 0;
            }),
            null);
    }
}
