using System.Runtime.CompilerServices;

namespace Pipelines.Workers;

/// <summary>Makes pools whose workers each have a resource of their own.</summary>
public static class WorkerPool
{
    /// <summary>Starts a pool in which each worker has a resource of its own: a connection, a file, a process.</summary>
    /// <remarks>
    /// A worker creates its resource when its first job comes, uses it for one job at a time, and disposes it (<see cref="IAsyncDisposable"/> or
    /// <see cref="IDisposable"/>) exactly once: when it ends, however the pool ends, or when it is replaced because the resource has faulted (
    /// <see cref="WorkerPoolOptions.IsWorkerFault"/>).
    /// </remarks>
    /// <param name="createWorker">Creates a worker's resource. What it throws is a fault of the worker: the job that wanted it is begun again.</param>
    /// <param name="work">Does a job with its worker's resource.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the pool's name.</param>
    /// <typeparam name="TWorker">The resource.</typeparam>
    /// <typeparam name="TIn">What a job is given.</typeparam>
    /// <typeparam name="TOut">What comes of it.</typeparam>
    /// <returns>The pool; nothing of it executes on the calling thread.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="createWorker"/> or <paramref name="work"/> is null.</exception>
    [OverloadResolutionPriority(4)]
    public static WorkerPool<TIn, TOut> Create<TWorker, TIn, TOut>(
        Func<TWorker> createWorker,
        Func<TWorker, TIn, CancellationToken, ValueTask<TOut>> work,
        WorkerPoolOptions? options = null,
        [CallerArgumentExpression(nameof(work))] string expression = "")
    {
        Require.NotNull(createWorker);
        Require.NotNull(work);
        return new(pool => new JobWorker<TWorker, TIn, TOut>(pool, createWorker, work), options, expression);
    }

    /// <inheritdoc cref="Create{TWorker, TIn, TOut}(Func{TWorker}, Func{TWorker, TIn, CancellationToken, ValueTask{TOut}}, WorkerPoolOptions?, string)"/>
    [OverloadResolutionPriority(3)]
    public static WorkerPool<TIn, TOut> Create<TWorker, TIn, TOut>(
        Func<TWorker> createWorker,
        Func<TWorker, TIn, CancellationToken, Task<TOut>> work,
        WorkerPoolOptions? options = null,
        [CallerArgumentExpression(nameof(work))] string expression = "")
    {
        Require.NotNull(work);
        return Create(createWorker, (TWorker worker, TIn item, CancellationToken token) => new ValueTask<TOut>(work(worker, item, token)), options, expression);
    }

    /// <inheritdoc cref="Create{TWorker, TIn, TOut}(Func{TWorker}, Func{TWorker, TIn, CancellationToken, ValueTask{TOut}}, WorkerPoolOptions?, string)"/>
    [OverloadResolutionPriority(2)]
    public static WorkerPool<TIn, TOut> Create<TWorker, TIn, TOut>(
        Func<TWorker> createWorker,
        Func<TWorker, TIn, ValueTask<TOut>> work,
        WorkerPoolOptions? options = null,
        [CallerArgumentExpression(nameof(work))] string expression = "")
    {
        Require.NotNull(work);
        return Create(createWorker, (TWorker worker, TIn item, CancellationToken _) => work(worker, item), options, expression);
    }

    /// <inheritdoc cref="Create{TWorker, TIn, TOut}(Func{TWorker}, Func{TWorker, TIn, CancellationToken, ValueTask{TOut}}, WorkerPoolOptions?, string)"/>
    [OverloadResolutionPriority(1)]
    public static WorkerPool<TIn, TOut> Create<TWorker, TIn, TOut>(
        Func<TWorker> createWorker,
        Func<TWorker, TIn, Task<TOut>> work,
        WorkerPoolOptions? options = null,
        [CallerArgumentExpression(nameof(work))] string expression = "")
    {
        Require.NotNull(work);
        return Create(createWorker, (TWorker worker, TIn item, CancellationToken _) => new ValueTask<TOut>(work(worker, item)), options, expression);
    }
}
