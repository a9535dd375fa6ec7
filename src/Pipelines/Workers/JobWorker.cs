using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines.Workers;

/// <summary>One worker of a pool: does job after job with its resource, and gets itself a new one when that has faulted.</summary>
/// <remarks>
/// The pooled map makes it with its first job, gives it one job at a time, and disposes it when the map ends. It lasts as long as its place in the pool; what
/// dies and is replaced is its resource. So a job never has to be handed from a dead worker to a living one, which is where it could be lost.
/// </remarks>
internal sealed class JobWorker<TWorker, TIn, TOut>(
    WorkerPool<TIn, TOut> pool, Func<TWorker> createWorker, Func<TWorker, TIn, CancellationToken, ValueTask<TOut>> work)
    : IJobWorker<TIn, TOut>
{
    private TWorker? _resource;
    private bool _hasResource;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Job<TIn, TOut>> RunAsync(Job<TIn, TOut> job, CancellationToken abort)
    {
        if (!job.TryBegin())
        {
            return job;
        }

        pool.Counts.Begin();
        using CancellationTokenSource? either = job.Token.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(job.Token, abort) : null;
        CancellationToken token = either?.Token ?? abort;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                TOut result = await WorkAsync(job, Resource(), token).AtOnce(pool.Edge);
                pool.Counts.Succeed(); // first: whoever has the answer finds it counted
                job.Succeed(result);
                return job;
            }
            catch (Exception error)
            {
                await pool.Edge.Turn(); // behind it stand the pool's callbacks, and the work again
                Exception? failure = await JudgeAsync(job, error, attempt).AtOnce(pool.Edge);
                if (failure is null && token.IsCancellationRequested)
                {
                    failure = new OperationCanceledException("The job was not begun again after a fault of its worker.", error, token);
                }

                if (failure is not null)
                {
                    job.Fail(failure, abort);
                    return job;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (await LeaveAsync().AtOnce(pool.Edge) is { } failure)
        {
            pool.DisposalFailed(failure);
        }
    }

    private ValueTask<TOut> WorkAsync(Job<TIn, TOut> job, TWorker resource, CancellationToken token) =>
        job.Context is { } context && context != ExecutionContext.Capture() ? WorkInAsync(context, resource, job.Item, token) : work(resource, job.Item, token);

    // In a method of its own: with its return the context is the pool's again, for the next job.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TOut> WorkInAsync(ExecutionContext context, TWorker resource, TIn item, CancellationToken token)
    {
        ExecutionContext.Restore(context);
        return await work(resource, item, token).AtOnce(pool.Edge);
    }

    private TWorker Resource()
    {
        if (!_hasResource)
        {
            _resource = createWorker();
            _hasResource = true;
            pool.Counts.CreateWorker();
        }

        return _resource!;
    }

    // What the job fails with; null if it runs again.
    private async ValueTask<Exception?> JudgeAsync(Job<TIn, TOut> job, Exception error, int attempt)
    {
        try
        {
            if (_hasResource && !pool.Options.IsWorkerFault(error))
            {
                return error;
            }

            pool.Counts.FaultWorker();
            Exception? disposal = await LeaveAsync().AtOnce(pool.Edge);
            pool.Options.OnWorkerFault?.Invoke(
                new WorkerFault { Item = job.Item, Attempt = attempt, Exception = error, DisposalException = disposal });
            return attempt < pool.Options.Attempts ? null : error;
        }
        catch (Exception another)
        {
            return new AggregateException("A worker's fault was met by a callback of the pool's options that failed too.", error, another);
        }
    }

    // What the disposal threw, if it did. The resource is gone either way.
    private async ValueTask<Exception?> LeaveAsync()
    {
        object? resource = _resource;
        _resource = default;
        _hasResource = false;
        try
        {
            if (resource is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync().Queued(pool.Edge);
            }
            else
            {
                (resource as IDisposable)?.Dispose();
            }

            return null;
        }
        catch (Exception failure)
        {
            pool.Counts.FailDisposal();
            return failure;
        }
    }
}

/// <summary>A worker, whatever its resource is.</summary>
internal interface IJobWorker<TIn, TOut> : IAsyncDisposable
{
    /// <summary>Does a job and tells it the outcome. Throws what ends the whole pool.</summary>
    ValueTask<Job<TIn, TOut>> RunAsync(Job<TIn, TOut> job, CancellationToken abort);
}
