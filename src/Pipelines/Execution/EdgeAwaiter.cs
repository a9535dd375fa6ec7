using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>Where the rest of a method goes on: see <see cref="EdgeAwait"/>.</summary>
internal enum GoesOn
{
    /// <summary>On the thread that completes what is awaited.</summary>
    AtOnce,

    /// <summary>Queued by the edge.</summary>
    Queued,
}

/// <summary>Awaits a task by way of the edge: see <see cref="EdgeAwait"/>.</summary>
internal readonly struct EdgeAwaiter<T>(ValueTask<T> task, Edge? edge, GoesOn goesOn) : ICriticalNotifyCompletion
{
    public bool IsCompleted => task.IsCompleted;

    public EdgeAwaiter<T> GetAwaiter() => this;

    public T GetResult() => task.GetAwaiter().GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) =>
        Pending<T>.Hook(task, goesOn == GoesOn.AtOnce ? continuation : Continuation.Queueing(continuation, edge), edge is null or { IsThreadPool: true });
}

/// <summary>The same for a task without a result.</summary>
internal readonly struct EdgeAwaiter(ValueTask task, Edge? edge, GoesOn goesOn) : ICriticalNotifyCompletion
{
    public bool IsCompleted => task.IsCompleted;

    public EdgeAwaiter GetAwaiter() => this;

    public void GetResult() => task.GetAwaiter().GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) =>
        Pending.Hook(task, goesOn == GoesOn.AtOnce ? continuation : Continuation.Queueing(continuation, edge), edge is null or { IsThreadPool: true });
}

/// <summary>Awaits nothing but a turn where the run's things execute: what stands behind it is foreign code, and the thread may be anybody's.</summary>
internal readonly struct EdgeTurn(Edge edge) : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public EdgeTurn GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => Continuation.Queueing(continuation, edge)();
}

/// <summary>The rest of an asynchronous method, as something to be queued.</summary>
file sealed class Continuation(Action rest, Edge? edge) : IThreadPoolWorkItem
{
    /// <summary>What queues it. It calls no foreign code but through the edge, and may be called under a lock.</summary>
    public static Action Queueing(Action rest, Edge? edge) => new Continuation(rest, edge).Queue;

    public void Execute() => rest();

    private void Queue()
    {
        if (edge is null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            edge.Schedule(this);
        }
    }
}
