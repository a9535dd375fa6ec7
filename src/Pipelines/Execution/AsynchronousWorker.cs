using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>A pool's worker with an asynchronous delegate: awaits one item at a time. Items that complete at once are worked on in runs.</summary>
internal sealed class AsynchronousWorker<TIn, TOut>(
    PoolIsland<TIn, TOut> pool, Func<WorkerScope, Func<TIn, CancellationToken, ValueTask<TOut>>> bind, int longestRun)
    : PoolWorker<TIn, TOut>(pool, longestRun)
{
    private readonly CancellationToken _token = pool.AbortToken;
    private Func<TIn, CancellationToken, ValueTask<TOut>>? _selector;

    protected override ValueTask WorkAsync(int count)
    {
        if (_selector is null)
        {
            Bind(count);
        }

        Func<TIn, CancellationToken, ValueTask<TOut>> selector = _selector!;
        TimeProvider time = Pool.Run.Options.TimeProvider;
        long started = count > 1 ? time.GetTimestamp() : 0;
        for (int done = 0; done < count; done++)
        {
            if (Pool.Run.IsAborting)
            {
                Pool.Publish(Place, Results.AsSpan(0, done));
                Pool.GiveBack(Items.AsSpan(done..count));
                return default;
            }

            ValueTask<TOut> pending;
            try
            {
                pending = selector(Items[done], _token);
                if (!pending.IsCompletedSuccessfully)
                {
                    return AwaitAsync(pending, done, count);
                }
            }
            catch (Exception error)
            {
                pending = ValueTask.FromException<TOut>(error);
                return AwaitAsync(pending, done, count);
            }

            Results[done] = pending.Result;
        }

        Pool.Publish(Place, Results.AsSpan(0, count));
        Clear(count);
        Pool.Measured(count, count > 1 ? time.GetTimestamp() - started : 0);
        return default;
    }

    private void Bind(int count)
    {
        try
        {
            _selector = bind(Scope);
        }
        catch
        {
            Pool.GiveBack(Items.AsSpan(0, count));
            throw;
        }
    }

    // Not every item of the run was complete at once. What is done goes out, what is not begun goes to others, this one is awaited.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitAsync(ValueTask<TOut> pending, int done, int count)
    {
        long place = Place + done;
        TIn item = Items[done];
        Pool.MeasuredPending();
        if (done > 0)
        {
            Pool.Publish(Place, Results.AsSpan(0, done));
        }

        if (done + 1 < count)
        {
            Pool.Return(place + 1, Items.AsSpan((done + 1)..count));
        }

        Clear(count);
        if (done > 0 && Pool.TryEnterDrain())
        {
            try
            {
                await Pool.DrainAsync();
            }
            catch (Exception error)
            {
                Pool.Caught(error); // a block behind the pool failed; the item that is pending here has its own end yet
            }
        }

        try
        {
            Results[0] = await pending;
        }
        catch (Exception error)
        {
            if (error is OperationCanceledException && Pool.Run.IsAborting)
            {
                Pool.GiveBack([item]);
            }
            else
            {
                Pool.PublishFailure(place, item, error);
            }

            return;
        }

        Pool.Publish(place, Results.AsSpan(0, 1));
        Clear(1);
    }
}
