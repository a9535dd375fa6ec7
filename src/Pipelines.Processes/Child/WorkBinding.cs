using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Pipelines.Processes;

/// <summary>Brings the forms in which a user may write a delegate to the one that a worker process calls: one item at a time, until it has returned.</summary>
internal static class WorkBinding
{
    private static readonly MethodInfo s_bindTo = typeof(WorkBinding).GetMethod(nameof(BindTo), BindingFlags.Static | BindingFlags.NonPublic)!;

    public static (Func<TIn, TOut> Work, object? Resource) Bind<TIn, TOut>(Job job, CancellationToken token)
    {
        Delegate work = job.Work.Resolve();
        if (job.CreateWorker is null)
        {
            return (BindTo<object?, TIn, TOut>(work, null, token), null);
        }

        object resource = Invoke(job.CreateWorker.Resolve()) ?? throw new InvalidOperationException("createWorker has returned null, not a worker's resource.");
        Type type = work.GetType().GetGenericArguments()[0];
        var bound = (Func<TIn, TOut>)s_bindTo.MakeGenericMethod(type, typeof(TIn), typeof(TOut)).Invoke(null, [work, resource, token])!;
        return (bound, resource);
    }

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

    /// <summary>Calls a delegate without arguments; what it throws is its own exception.</summary>
    public static object? Invoke(Delegate create)
    {
        try
        {
            return create.DynamicInvoke();
        }
        catch (TargetInvocationException error) when (error.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }

    private static Func<TIn, TOut> BindTo<TWorker, TIn, TOut>(Delegate work, TWorker worker, CancellationToken token) => work switch
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
