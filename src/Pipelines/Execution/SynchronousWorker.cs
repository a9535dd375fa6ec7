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
        int published = 0;
        int done = 0;
        bool goesOn = true;
        while (goesOn && done < count && !Pool.Run.IsAborting)
        {
            try
            {
                for (; done < count && !Pool.Run.IsAborting; done++)
                {
                    Results[done] = selector(Items[done]);
                }
            }
            catch (Exception error)
            {
                Pool.Publish(Place + published, Results.AsSpan(published..done));
                goesOn = Pool.PublishFailure(Place + done, Items[done], error);
                published = ++done;
            }
        }

        Pool.Publish(Place + published, Results.AsSpan(published..done));
        Pool.GiveBack(Items.AsSpan(done..count));
        Clear(count);
        if (goesOn)
        {
            Pool.Measured(count, time.GetTimestamp() - started);
        }

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
