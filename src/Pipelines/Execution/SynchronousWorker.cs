namespace Pipelines.Execution;

/// <summary>A pool's worker with a synchronous delegate.</summary>
internal sealed class SynchronousWorker<TIn, TOut>(PoolIsland<TIn, TOut> pool, Func<WorkerScope, Func<TIn, TOut>> bind, int longestRun)
    : PoolWorker<TIn, TOut>(pool, longestRun)
{
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

            if (OwesTurn)
            {
                await GiveTurn();
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
        PipelineRun run = Pool.Run;
        TIn[] items = Items;
        TOut[] results = Results;
        TimeProvider time = run.Options.TimeProvider;
        long started = time.GetTimestamp();
        int published = 0;
        int done = 0;
        bool goesOn = true;
        bool hasBaton = false;
        bool isSlow = false;
        while (goesOn && !isSlow && done < count && !run.IsAborting)
        {
            try
            {
                int glance = Math.Min(done + Pool.Glance, count);
                for (; done < glance && !run.IsAborting; done++)
                {
                    results[done] = selector(items[done]);
                }

                isSlow = done < count && Pool.IsTooLong(time.GetTimestamp() - started);
            }
            catch (Exception error)
            {
                hasBaton |= Pool.Publish(Place + published, results.AsSpan(published..done));
                hasBaton |= Pool.PublishFailure(Place + done, items[done], error);
                goesOn = Pool.GoesOnBehindFailures;
                published = ++done;

                // Who has the baton is not to work on before the others' results have gone out.
                isSlow = goesOn && done < count && (hasBaton || Pool.IsTooLong(time.GetTimestamp() - started));
            }
        }

        hasBaton |= Pool.Publish(Place + published, results.AsSpan(published..done));
        if (isSlow && !run.IsAborting)
        {
            Pool.Return(Place + done, items.AsSpan(done..count)); // for anybody, who also may be this worker
        }
        else
        {
            Pool.GiveBack(items.AsSpan(done..count));
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
