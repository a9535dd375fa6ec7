namespace Pipelines.Execution;

/// <summary>A pool's worker with an asynchronous delegate: one item at a time is pending. Items that complete at once are worked on in runs.</summary>
internal sealed class AsynchronousWorker<TIn, TOut>(
    PoolIsland<TIn, TOut> pool, Func<WorkerScope, Func<TIn, CancellationToken, ValueTask<TOut>>> bind, int longestRun)
    : PoolWorker<TIn, TOut>(pool, longestRun)
{
    // After so many that have completed at once, one after the other, they are worked on in runs.
    private const int ManyAtOnce = 8;

    private readonly PipelineRun _run = pool.Run;
    private readonly CancellationToken _token = pool.AbortToken;
    private Func<TIn, CancellationToken, ValueTask<TOut>>? _selector;
    private readonly ParallelismPilot? _pilot = pool.Pilot;
    private long _entered;
    private int _atOnce;

    // Behind a sleep a worker passes the gate first: there it wakes the next one.
    private bool _atGate = true;

    // The item that is pending. It keeps no more over the wait than it must, for all of that is written to the heap for each item.
    private ValueTask<TOut> _pending;
    private bool _isPending;
    private TIn _item = default!;
    private long _place;

    protected override Worked WorkOn()
    {
        if (_isPending)
        {
            EndPending(wasPending: true);
        }

        while (true)
        {
            if (_atGate || !Pool.TryTake(out TIn? item, out long place))
            {
                _atGate = true; // before: who has lain down may be on another thread already
                int count = Pool.Claim(this);
                if (count <= 0)
                {
                    return count < 0 ? Worked.Out : Worked.Away;
                }

                _atGate = false;
                _selector ??= Bind(bind, count);
                if (count > 1)
                {
                    switch (BeginRun(count))
                    {
                        case Worked.Away:
                            return Worked.Away;
                        case Worked.Turn:
                            return Worked.Turn;
                        default:
                            continue;
                    }
                }

                (place, item) = (Place, Items[0]);
                Clear(1);
            }

            if (_run.IsAborting)
            {
                Pool.Undeliver([item]);
                continue;
            }

            _entered = _pilot?.Enter() ?? 0;
            if (Begin(Call(item), place, item))
            {
                return Worked.Away;
            }
        }
    }

    private ValueTask<TOut> Call(TIn item)
    {
        try
        {
            return _run.ItemSpans is { } spans ? spans.CallAsync(Pool.Head, item, _selector!, _token) : _selector!(item, _token);
        }
        catch (Exception error)
        {
            return ValueTask.FromException<TOut>(error);
        }
        finally
        {
            _run.RestoreContext();
        }
    }

    // True: it is pending, and this worker is called again when it is not. Then nothing more may be touched here.
    private bool Begin(ValueTask<TOut> call, long place, TIn item)
    {
        (_place, _item, _isPending) = (place, item, true);
        _pending = call;
        if (!call.IsCompleted)
        {
            Pending<TOut>.Hook(call, Continuation, _run.Edge.IsThreadPool);
            return true;
        }

        EndPending(wasPending: false);
        return false;
    }

    private void EndPending(bool wasPending)
    {
        ValueTask<TOut> pending = _pending;
        (TIn item, long place) = (_item, _place);
        (_pending, _item, _isPending) = (default, default!, false);
        TOut result;
        try
        {
            result = pending.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            _pilot?.Leave(_entered, _run.IsAborting ? 0 : 1, 1);
            Caught(place, item, error);
            return;
        }

        _pilot?.Leave(_entered, 1, 0);
        if (wasPending)
        {
            _atOnce = 0;
        }
        else if (++_atOnce == ManyAtOnce)
        {
            _atOnce = 0;
            Pool.Length.Measured(1, 0);
        }

        Pool.Pass(place, result, mayDefer: wasPending);
    }

    // Works on the items that complete at once, up to the first that does not, which stays this worker's.
    private Worked BeginRun(int count)
    {
        long started = _entered = _pilot?.Enter() ?? _run.Edge.Timestamp();
        for (int done = 0; done < count; done++)
        {
            if (_run.IsAborting)
            {
                _pilot?.Leave();
                bool comes = Pool.Publish(Place, Results.AsSpan(0, done));
                Pool.Undeliver(Items.AsSpan(done..count));
                return EndRun(count, comes);
            }

            ValueTask<TOut> call = Call(Items[done]);
            if (!call.IsCompletedSuccessfully)
            {
                return Part(call, done, count);
            }

            Results[done] = call.Result;
        }

        _pilot?.Leave(started, count, 0);
        bool hasBaton = Pool.Publish(Place, Results.AsSpan(0, count));
        Pool.Length.Measured(count, _run.Edge.Timestamp() - started);
        return EndRun(count, hasBaton);
    }

    private Worked EndRun(int count, bool hasBaton)
    {
        Clear(count);
        if (hasBaton)
        {
            Pool.Emit();
        }

        bool owes = OwesTurn;
        OwesTurn = false;
        return owes ? Worked.Turn : Worked.Out;
    }

    // Not every item of the run was complete at once: what is done goes out, what is not begun goes to others. The one that is pending does not wait for that.
    private Worked Part(ValueTask<TOut> call, int done, int count)
    {
        if (_pilot is not null && done > 0)
        {
            _pilot.Leave(_entered, done, 0);
            _entered = _pilot.Enter();
        }

        Pool.Length.MeasuredPending();
        if (done + 1 < count)
        {
            Pool.Return(Place + done + 1, Items.AsSpan((done + 1)..count));
        }

        bool hasBaton = Pool.Publish(Place, Results.AsSpan(0, done));
        (long place, TIn item) = (Place + done, Items[done]);
        Clear(count);
        if (hasBaton)
        {
            Pool.RouseEmitter();
        }

        return Begin(call, place, item) ? Worked.Away : Worked.Out;
    }

    private void Caught(long place, TIn item, Exception error)
    {
        if (error is OperationCanceledException && _run.IsAborting)
        {
            Pool.Undeliver([item]);
        }
        else if (Pool.PublishFailure(place, item, error))
        {
            Pool.Emit();
        }
    }
}
