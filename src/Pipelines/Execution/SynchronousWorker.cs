namespace Pipelines.Execution;

/// <summary>A pool's worker with a synchronous delegate.</summary>
internal sealed class SynchronousWorker<TIn, TOut>(PoolIsland<TIn, TOut> pool, Func<WorkerScope, Func<TIn, TOut>> bind, int longestRun)
    : PoolWorker<TIn, TOut>(pool, longestRun)
{
    private Func<TIn, TOut>? _selector;

    protected override Worked WorkOn()
    {
        while (true)
        {
            switch (Pool.Claim(this))
            {
                case < 0:
                    return Worked.Out;
                case 0:
                    return Worked.Away;
                case var count:
                    _selector ??= Bind(bind, count);
                    if (Work(count))
                    {
                        Pool.Emit();
                    }

                    break;
            }

            if (OwesTurn)
            {
                OwesTurn = false;
                return Worked.Turn;
            }
        }
    }

    // Whether the worker has come by the baton.
    private bool Work(int count)
    {
        Func<TIn, TOut> selector = _selector!;
        PipelineRun run = Pool.Run;
        TIn[] items = Items;
        TOut[] results = Results;
        long started = Pool.Pilot?.Enter() ?? run.Edge.Timestamp();
        int failed = 0;
        int published = 0;
        int done = 0;
        bool goesOn = true;
        bool hasBaton = false;
        bool isSlow = false;
        while (goesOn && !isSlow && done < count && !run.IsAborting)
        {
            try
            {
                int glance = Math.Min(done + Pool.Length.Glance, count);
                for (; done < glance && !run.IsAborting; done++)
                {
                    results[done] = selector(items[done]);
                    run.RestoreContext();
                }

                isSlow = done < count && Pool.Length.IsTooLong(run.Edge.Timestamp() - started);
            }
            catch (Exception error)
            {
                run.RestoreContext();
                hasBaton |= Pool.Publish(Place + published, results.AsSpan(published..done));
                hasBaton |= Pool.PublishFailure(Place + done, items[done], error);
                failed++;
                goesOn = Pool.GoesOnBehindFailures;
                published = ++done;

                // Who has the baton is not to work on before the others' results have gone out.
                isSlow = goesOn && done < count && (hasBaton || Pool.Length.IsTooLong(run.Edge.Timestamp() - started));
            }
        }

        Pool.Pilot?.Leave(started, done, failed);
        hasBaton |= Pool.Publish(Place + published, results.AsSpan(published..done));
        if (isSlow && !run.IsAborting)
        {
            Pool.Return(Place + done, items.AsSpan(done..count)); // for anybody, who also may be this worker
        }
        else
        {
            Pool.Undeliver(items.AsSpan(done..count));
        }

        if (goesOn)
        {
            Pool.Length.Measured(done, run.Edge.Timestamp() - started);
        }

        Clear(count);
        return hasBaton;
    }
}
