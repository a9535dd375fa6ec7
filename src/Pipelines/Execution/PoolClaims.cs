using System.Diagnostics.CodeAnalysis;
using Pipelines.Channels;

namespace Pipelines.Execution;

// Which worker works on what, and who sleeps: all of it under the gate, but for the items that are handed out.
internal sealed partial class PoolIsland<TIn, TOut>
{
    /// <summary>Takes one item for a worker without passing the gate. Not as the first thing of a worker that was started or woken: at the gate it wakes the next one.</summary>
    public bool TryTake([MaybeNullWhen(false)] out TIn item, out long place)
    {
        // Runs that were returned come first: what stands in them is from before anything that is handed out.
        if (_returnedRuns == 0)
        {
            return _handOut!.TryTake(out item, out place);
        }

        (item, place) = (default, 0);
        return false;
    }

    /// <summary>Takes the next run of items for a worker. 0: it was put to sleep. Negative: there will be no more.</summary>
    public int Claim(PoolWorker<TIn, TOut> worker)
    {
        lock (_gate)
        {
            _busy -= worker.IsBusy ? 1 : 0;
            int count = TryClaim(worker);
            worker.OwesTurn = _link.HasJustWokenWriter();
            worker.IsBusy = count > 0;
            _busy += worker.IsBusy ? 1 : 0;
            if (count == 0)
            {
                worker.LieDown(_asleep);
                _asleep = worker;
                Interlocked.Decrement(ref _awake); // a fence too, before the look at the drainers; pairs with theirs
            }

            CallForHelp();
            Book();
            return count;
        }
    }

    // A worker that lies down or was never needed waits for input, or, with input there and the window full, for room. The clock is looked at only
    // when that changes. The one that passes results on and waits for room is awake, and books that itself.
    private void Book()
    {
        int idle = Math.Max(0, _parallelism - _awake - Volatile.Read(ref _draining));
        Wait reason = _link.HasItems && InWindow >= _window ? Wait.Room : Wait.Input;
        if (!_idleTime.Is(idle, reason))
        {
            _idleTime.Set(idle, reason, Run.Now);
        }
    }

    protected override (long Starved, long Blocked) WaitedAt(long now)
    {
        (long starved, long blocked) = base.WaitedAt(now);
        lock (_gate)
        {
            (long idleForInput, long idleForRoom) = _idleTime.At(now);
            return (starved + idleForInput, blocked + idleForRoom);
        }
    }

    /// <summary>The rest of a run, whose worker waits for a pending item, is there for others.</summary>
    public void Return(long place, ReadOnlySpan<TIn> items)
    {
        lock (_gate)
        {
            _returned.Enqueue(new Returned(place, items.ToArray()), place);
            _returnedRuns = _returned.Count;
            CallForHelp();
        }
    }

    /// <summary>Items that a worker holds and nobody will work on.</summary>
    public void GiveBack(ReadOnlySpan<TIn> items)
    {
        lock (_gate)
        {
            foreach (TIn item in items)
            {
                Head.Undeliver(item);
            }
        }
    }

    /// <summary>Whether nobody is left, no drainer either: then this worker completes the island.</summary>
    public bool EndWorker()
    {
        lock (_gate)
        {
            if (Interlocked.Decrement(ref _working) == 0)
            {
                return true;
            }

            Interlocked.Decrement(ref _awake); // the same fence
            Book();
        }

        Run.CameToRest();
        return false;
    }

    private int TryClaim(PoolWorker<TIn, TOut> worker)
    {
        // Before the look at whether claims are closed: what stands before a failed item has yet to get through.
        if (_returned.TryPeek(out Returned returned, out _) && returned.Place < _endsAt)
        {
            _returned.Dequeue();
            int taken = (int)Math.Min(Math.Min(returned.Items.Length, Math.Max(1, _runLength)), _endsAt - returned.Place);
            worker.Take(returned.Place, returned.Items.Span[..taken]);
            if (taken < returned.Items.Length)
            {
                _returned.Enqueue(new Returned(returned.Place + taken, returned.Items[taken..]), returned.Place + taken);
            }

            _returnedRuns = _returned.Count;

            return taken;
        }

        if (_closed)
        {
            return -1;
        }

        if (TryTakeHandedOut(worker))
        {
            return 1;
        }

        if (!_link.HasItems)
        {
            // A run in progress may still be returned in part: as long as there is one, it is too early to go home.
            if (_link.IsDrained && _busy == 0)
            {
                CloseClaims(long.MaxValue);
                return -1;
            }

            return 0;
        }

        if (IsWindowFull())
        {
            return 0;
        }

        long room = _window - InWindow;
        if (_runLength == 1 && _handOut is not null && _link.TryRead(out TIn? first))
        {
            worker.Take(_claimed++, [first]);
            HandOut(room - 1);
            return 1;
        }

        // No more than a fair share of what is there: so a burst is spread, and the tail of the input is balanced.
        // Not of what is done in some microseconds: there is nothing to balance, and a producer that has just begun to fill the link would be met with tiny runs.
        int share = _isQuick ? int.MaxValue : (_link.Count + _parallelism - 1) / _parallelism;
        int wanted = (int)Math.Min(Math.Min(_runLength, room), Math.Max(1, share));
        int count = worker.Take(_claimed, _link, wanted);
        _claimed += count;
        return count;
    }

    // Others may take what is added before the claim is counted: whoever looks at the count does so under the gate.
    private void HandOut(long room)
    {
        while (room > 0 && _link.Items is { IsEmpty: false } items)
        {
            int added = _handOut!.Add(items[..(int)Math.Min(items.Length, room)], _claimed);
            if (added == 0)
            {
                return;
            }

            _link.Release(added);
            _claimed += added;
            room -= added;
        }
    }

    private bool TryTakeHandedOut(PoolWorker<TIn, TOut> worker)
    {
        if (_handOut is null || !_handOut.TryTake(out TIn? item, out long place))
        {
            return false;
        }

        worker.Take(place, [item]);
        return true;
    }

    // Wakes or starts one more worker if there is work for it, or sees to it that the link rings when there is.
    private void CallForHelp()
    {
        while (!_closed && (_asleep is not null || _workers.Count < _parallelism))
        {
            if (_returned.Count > 0 || _handOut is { HasItems: true })
            {
                WakeOne();
                return;
            }

            if (IsWindowFull())
            {
                return; // the drainer calls again
            }

            if (_link.HasItems)
            {
                WakeOne();
                return;
            }

            if (_link.IsDrained)
            {
                // The stream may have ended behind the back of the worker that has just lain down. While one is busy, that one finds out.
                if (_busy == 0)
                {
                    CloseClaims(long.MaxValue);
                }

                return;
            }

            if (_doorbell.IsSet)
            {
                return;
            }

            _doorbell.Set();
            if ((!_link.HasItems && !_link.IsClosed) || !_doorbell.TryUnset())
            {
                return;
            }
        }
    }

    private bool IsWindowFull()
    {
        if (InWindow < _window)
        {
            return false;
        }

        Volatile.Write(ref _windowFull, true);
        Interlocked.MemoryBarrier(); // the note before another look at the head; pairs with the drainer
        return InWindow >= _window;
    }

    // How many items have been claimed and not passed on.
    private long InWindow => _claimed - Volatile.Read(ref _drain.Head);

    private void WakeOne()
    {
        if (_asleep is { } worker)
        {
            _asleep = worker.GetUp();
            _awake++;
            Book();
        }
        else if (!_closed && _workers.Count < _parallelism && Run.TryAddActivity())
        {
            Run.Schedule(AddWorker());
        }
    }

    private PoolWorker<TIn, TOut> AddWorker()
    {
        PoolWorker<TIn, TOut> worker = _delegate.CreateWorker(this, Math.Min(_longestRun, 1024));
        _workers.Add(worker);
        Interlocked.Increment(ref _working);
        _awake++;
        Book();
        return worker;
    }

    private void CloseClaims(long endsAt)
    {
        _closed = true;
        _endsAt = Math.Min(_endsAt, endsAt);

        // They were claimed behind everything that anybody has in hand, so none is from before the end.
        while (_handOut is not null && _handOut.TryTake(out TIn? item, out _))
        {
            Head.Undeliver(item);
        }

        while (_asleep is { } worker)
        {
            _asleep = worker.GetUp();
            _awake++;
        }

        Book();
    }
}
