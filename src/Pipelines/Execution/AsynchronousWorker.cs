namespace Pipelines.Execution;

/// <summary>A pool's worker with an asynchronous delegate: awaits one item at a time. Items that complete at once are worked on in runs.</summary>
internal sealed class AsynchronousWorker<TIn, TOut>(
    PoolIsland<TIn, TOut> pool, Func<WorkerScope, Func<TIn, CancellationToken, ValueTask<TOut>>> bind, int longestRun)
    : PoolWorker<TIn, TOut>(pool, longestRun)
{
    // After so many that have completed at once, one after the other, they are worked on in runs.
    private const int ManyAtOnce = 8;

    private readonly PipelineRun _run = pool.Run;
    private readonly CancellationToken _token = pool.AbortToken;
    private Func<TIn, CancellationToken, ValueTask<TOut>>? _selector;
    private int _atOnce;

    // The item of a run that did not complete at once.
    private ValueTask<TOut> _begun;

    protected override async Task LoopAsync()
    {
        bool atGate = true;
        while (true)
        {
            bool isBegun = false;
            if (atGate || !Pool.TryTake(out TIn? item, out long place))
            {
                int count = Pool.Claim(this);
                if (count < 0)
                {
                    return;
                }

                atGate = count == 0;
                if (atGate)
                {
                    await SleepAsync();
                    continue;
                }

                if (_selector is null)
                {
                    Bind(count);
                }

                int done = 0;
                if (count > 1)
                {
                    done = BeginRun(count, out bool hasBaton);
                    if (done == count)
                    {
                        if (hasBaton && !Pool.TryDrain())
                        {
                            await Pool.DrainAsync();
                        }

                        if (OwesTurn)
                        {
                            await GiveTurn();
                        }

                        continue;
                    }

                    if (hasBaton)
                    {
                        Pool.StartDrainer();
                    }

                    isBegun = true;
                }

                (place, item) = (Place + done, Items[done]);
                Clear(count);
            }

            if (_run.IsAborting && !isBegun)
            {
                Pool.GiveBack([item]);
                continue;
            }

            // One state machine a worker, not one an item: whoever awaits an item is this loop. It keeps no more over the wait than it must, for all of that is written
            // to the heap for each item.
            TOut result;
            bool wasPending;
            bool hasFailed;
            bool isPassedOn;
            try
            {
                ValueTask<TOut> pending = isBegun ? TakeBegun() : _selector!(item, _token);
                wasPending = !pending.IsCompleted;
                NoteAtOnce(wasPending);
                result = await pending;
                hasFailed = isPassedOn = false;
            }
            catch (Exception error)
            {
                result = default!;
                wasPending = false;
                hasFailed = true;
                isPassedOn = Caught(place, item, error);
            }

            if (!hasFailed)
            {
                isPassedOn = Pool.TryPass(place, result, mayDefer: wasPending);
            }

            if (!isPassedOn)
            {
                await Pool.DrainAsync();
            }
        }
    }

    private ValueTask<TOut> TakeBegun()
    {
        ValueTask<TOut> begun = _begun;
        _begun = default;
        return begun;
    }

    private void NoteAtOnce(bool wasPending)
    {
        if (wasPending)
        {
            _atOnce = 0;
        }
        else if (++_atOnce == ManyAtOnce)
        {
            _atOnce = 0;
            Pool.Measured(1, 0);
        }
    }

    /// <summary>Works on the items that complete at once, up to the first that does not, which stays this worker's.</summary>
    /// <returns>How many are done with: all, or the index of the pending one.</returns>
    private int BeginRun(int count, out bool hasBaton)
    {
        TimeProvider time = _run.Options.TimeProvider;
        long started = time.GetTimestamp();
        for (int done = 0; done < count; done++)
        {
            if (_run.IsAborting)
            {
                hasBaton = Pool.Publish(Place, Results.AsSpan(0, done));
                Pool.GiveBack(Items.AsSpan(done..count));
                Clear(count);
                return count;
            }

            ValueTask<TOut> pending;
            try
            {
                pending = _selector!(Items[done], _token);
            }
            catch (Exception error)
            {
                pending = ValueTask.FromException<TOut>(error);
            }

            if (!pending.IsCompletedSuccessfully)
            {
                _begun = pending;
                hasBaton = Part(done, count);
                return done;
            }

            Results[done] = pending.Result;
        }

        hasBaton = Pool.Publish(Place, Results.AsSpan(0, count));
        Clear(count);
        Pool.Measured(count, time.GetTimestamp() - started);
        return count;
    }

    // Not every item of the run was complete at once: what is done goes out, what is not begun goes to others.
    private bool Part(int done, int count)
    {
        Pool.MeasuredPending();
        if (done + 1 < count)
        {
            Pool.Return(Place + done + 1, Items.AsSpan((done + 1)..count));
        }

        return Pool.Publish(Place, Results.AsSpan(0, done));
    }

    // Whether all is done that there was to pass on.
    private bool Caught(long place, TIn item, Exception error)
    {
        if (error is OperationCanceledException && _run.IsAborting)
        {
            Pool.GiveBack([item]);
            return true;
        }

        return !Pool.PublishFailure(place, item, error) || Pool.TryDrain();
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
