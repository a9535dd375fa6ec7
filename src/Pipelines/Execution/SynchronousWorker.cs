namespace Pipelines.Execution;

/// <summary>A pool's worker with a synchronous delegate.</summary>
internal sealed class SynchronousWorker<TIn, TOut>(PoolIsland<TIn, TOut> pool, Func<WorkerScope, Func<TIn, TOut>> bind, int longestRun)
    : PoolWorker<TIn, TOut>(pool, longestRun)
{
    private Func<TIn, TOut>? _selector;

    protected override ValueTask WorkAsync(int count)
    {
        if (_selector is null)
        {
            Bind(count);
        }

        Func<TIn, TOut> selector = _selector!;
        TimeProvider time = Pool.Run.Options.TimeProvider;
        long started = time.GetTimestamp();
        int done = 0;
        try
        {
            for (; done < count && !Pool.Run.IsAborting; done++)
            {
                Results[done] = selector(Items[done]);
            }
        }
        catch (Exception error)
        {
            TIn item = Items[done];
            Pool.Publish(Place, Results.AsSpan(0, done));
            Pool.PublishFailure(Place + done, item, error);
            Pool.GiveBack(Items.AsSpan((done + 1)..count));
            Clear(count);
            return default;
        }

        Pool.Publish(Place, Results.AsSpan(0, done));
        Pool.GiveBack(Items.AsSpan(done..count));
        Clear(count);
        Pool.Measured(count, time.GetTimestamp() - started);
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
}
