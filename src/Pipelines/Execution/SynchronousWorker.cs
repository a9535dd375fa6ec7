namespace Pipelines.Execution;

/// <summary>A pool's worker with a synchronous delegate.</summary>
internal sealed class SynchronousWorker<TIn, TOut>(PoolIsland<TIn, TOut> pool, Func<WorkerScope, Func<TIn, TOut>> bind, int longestRun)
    : PoolWorker<TIn, TOut>(pool, longestRun)
{
    // After how many items a run looks at the clock: work that was quick and has become slow must not hold a whole run's results back.
    private const int Glance = 16;

    private Func<TIn, TOut>? _selector;

    protected override async Task LoopAsync()
    {
        while (Pool.Claim(this) is var count && count >= 0)
        {
            if (count == 0)
            {
                await SleepAsync();
                continue;
            }

            if (Work(count) && !Pool.TryDrain())
            {
                await Pool.DrainAsync();
            }
        }
    }

    // Whether the worker has come by the baton.
    private bool Work(int count)
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
        bool hasBaton = false;
        bool isSlow = false;
        while (goesOn && !isSlow && done < count && !Pool.Run.IsAborting)
        {
            try
            {
                int glance = Math.Min(done + Glance, count);
                for (; done < glance && !Pool.Run.IsAborting; done++)
                {
                    Results[done] = selector(Items[done]);
                }

                isSlow = done < count && Pool.IsTooLong(time.GetTimestamp() - started);
            }
            catch (Exception error)
            {
                hasBaton |= Pool.Publish(Place + published, Results.AsSpan(published..done));
                hasBaton |= Pool.PublishFailure(Place + done, Items[done], error);
                goesOn = Pool.GoesOnBehindFailures;
                published = ++done;
            }
        }

        hasBaton |= Pool.Publish(Place + published, Results.AsSpan(published..done));
        if (isSlow && !Pool.Run.IsAborting)
        {
            Pool.Return(Place + done, Items.AsSpan(done..count)); // for anybody, who also may be this worker
        }
        else
        {
            Pool.GiveBack(Items.AsSpan(done..count));
        }

        if (goesOn)
        {
            Pool.Measured(done, time.GetTimestamp() - started);
        }

        Clear(count);
        return hasBaton;
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
