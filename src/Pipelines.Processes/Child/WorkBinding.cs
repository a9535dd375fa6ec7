namespace Pipelines.Processes;

/// <summary>Brings the forms in which a user may write a delegate to the one that a worker process calls: one item at a time, until it has returned.</summary>
internal static class WorkBinding
{
    public static Func<TIn, TOut> To<TWorker, TIn, TOut>(Delegate work, TWorker worker, CancellationToken token) => work switch
    {
        Func<TIn, TOut> f => f,
        Func<TIn, CancellationToken, ValueTask<TOut>> f => item => Wait(f(item, token)),
        Func<TIn, CancellationToken, Task<TOut>> f => item => f(item, token).GetAwaiter().GetResult(),
        Func<TIn, ValueTask<TOut>> f => item => Wait(f(item)),
        Func<TIn, Task<TOut>> f => item => f(item).GetAwaiter().GetResult(),
        Func<TWorker, TIn, TOut> f => item => f(worker, item),
        Func<TWorker, TIn, CancellationToken, ValueTask<TOut>> f => item => Wait(f(worker, item, token)),
        Func<TWorker, TIn, CancellationToken, Task<TOut>> f => item => f(worker, item, token).GetAwaiter().GetResult(),
        Func<TWorker, TIn, ValueTask<TOut>> f => item => Wait(f(worker, item)),
        Func<TWorker, TIn, Task<TOut>> f => item => f(worker, item).GetAwaiter().GetResult(),
        _ => throw new NotSupportedException($"A {work.GetType()} cannot be called for an item."),
    };

    public static InvalidOperationException NoResource() => new("createWorker has returned null, not a worker's resource.");

    public static void Dispose(object? resource)
    {
        if (resource is IAsyncDisposable asynchronous)
        {
            Wait(asynchronous.DisposeAsync());
        }
        else
        {
            (resource as IDisposable)?.Dispose();
        }
    }

    private static T Wait<T>(ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();

    private static void Wait(ValueTask task)
    {
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }
}
