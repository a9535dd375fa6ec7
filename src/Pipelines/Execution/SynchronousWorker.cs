namespace Pipelines.Execution;

/// <summary>A pool's worker with a synchronous delegate.</summary>
internal sealed class SynchronousWorker<TIn, TOut>(PoolIsland<TIn, TOut> pool, Func<TIn, TOut> selector, int longestRun)
    : PoolWorker<TIn, TOut>(pool, longestRun)
{
    protected override ValueTask WorkAsync(int count)
    {
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
}
