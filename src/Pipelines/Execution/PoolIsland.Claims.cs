using System.Diagnostics.CodeAnalysis;
using Pipelines.Channels;

namespace Pipelines.Execution;

// Which worker works on what, and who sleeps: all of it under the gate, but for the items that are handed out. Who is to be woken is taken there, and woken
// behind it.
// Who sleeps since the window is full is modelled in test/Models (BatonModel).
internal sealed partial class PoolIsland<TIn, TOut>
{
    // Set under the gate, cleared by who passes on: somebody found the window full.
    private bool _windowFull;

    // How many workers have not ended, and the emitter while it is not dormant. Whoever takes it to zero completes the island.
    private int _working;
    private IdleWorkers _idle;

    /// <inheritdoc cref="ClaimQueue{TIn}.TryTake"/>
    public bool TryTake([MaybeNullWhen(false)] out TIn item, out long place) => _claims.TryTake(out item, out place);

    /// <summary>Takes the next run of items for a worker. 0: it has lain down. Negative: there will be no more.</summary>
    public int Claim(PoolWorker<TIn, TOut> worker)
    {
        int count;
        PoolWorker? help;
        bool isRoom = false;
        using (_gate.Enter())
        {
            count = TryClaim(worker);
            worker.OwesTurn = _link.HasJustWokenWriter();
            if (count == 0)
            {
                isRoom = _link.HasItems && InWindow >= _window.Size;
                worker.LiesFor = isRoom ? Wait.Room : Wait.Input;
                _crew.LieDown(worker);
            }

            help = CallForHelp();
        }

        // Whoever is woken is counted first, and may be this worker: else it would look as if nobody executed.
        Help(help);
        if (count == 0)
        {
            // Whoever wakes it may be faster: the sums do not mind.
            _idle.Begin(isRoom ? Wait.Room : Wait.Input, Run.Now);
            Run.Rested();
        }

        return count;
    }

    /// <summary>The rest of a run, whose worker waits for a pending item, is there for others.</summary>
    public void Return(long place, ReadOnlySpan<TIn> items)
    {
        PoolWorker? help;
        using (_gate.Enter())
        {
            _claims.Return(place, items);
            help = CallForHelp();
        }

        Help(help);
    }

    /// <summary>Items that a worker holds and nobody will work on.</summary>
    public void GiveUp(ReadOnlySpan<TIn> items)
    {
        foreach (TIn item in items)
        {
            Head.Undeliver(item);
        }
    }

    /// <summary>A worker could not be made, or broke: it was not about an item.</summary>
    public void WorkerFailed(Exception error)
    {
        Head.Caught(error);
        TakeNoMore();
    }

    /// <summary>The worker is to go on.</summary>
    public void Ready(PoolWorker worker) => _crew.Ready(worker);

    /// <summary>The worker is done for good.</summary>
    public void EndWorker()
    {
        using (_gate.Enter())
        {
            _crew.Leave();
        }

        if (Interlocked.Decrement(ref _working) == 0)
        {
            Rouse(); // nobody has the baton any more, and nobody else works: the island completes
        }

        Run.ActivityEnded();
    }

    private int TryClaim(PoolWorker<TIn, TOut> worker)
    {
        if (_claims.TakeReturned(worker, Length.Current) is var returned && returned > 0)
        {
            return returned;
        }

        if (_claims.IsClosed)
        {
            return -1;
        }

        if (_claims.TakeHandedOut(worker))
        {
            return 1;
        }

        if (!_link.HasItems)
        {
            // What another has in hand may still be returned in part: as long as one is awake, it is too early to go home.
            if (_link.IsDrained && _crew.Awake == 1)
            {
                CloseUnderGate(long.MaxValue);
                return -1;
            }

            return 0;
        }

        if (IsWindowFull())
        {
            return 0;
        }

        long room = _window.Size - InWindow;
        if (Length.Current == 1 && _claims.TakeOneAndHandOut(worker, room))
        {
            return 1;
        }

        // No more than a fair share of what is there: so a burst is spread, and the tail of the input is balanced.
        // Not of what is done in some microseconds: there is nothing to balance, and a producer that has just begun to fill the link would be met with tiny
        // runs.
        int share = Length.IsQuick ? int.MaxValue : (_link.Count + _parallelism - 1) / _parallelism;
        int wanted = (int)Math.Min(Math.Min(Length.Current, room), Math.Max(1, share));
        return _claims.TakeFromLink(worker, wanted);
    }

    // Finds one more worker, asleep or new, if there is work for it, or sees to it that the link rings when there is.
    private PoolWorker? CallForHelp()
    {
        while (!_claims.IsClosed && (_crew.HasSleepers || _crew.Made < _parallelism))
        {
            if (_claims.HasClaimed)
            {
                return OneMore();
            }

            if (IsWindowFull())
            {
                return null; // who passes on calls again
            }

            if (_link.HasItems)
            {
                return OneMore();
            }

            if (_link.IsDrained)
            {
                // The stream may have ended behind the back of the worker that has just lain down. While one is awake, that one finds out.
                if (_crew.Awake == 0)
                {
                    CloseUnderGate(long.MaxValue);
                }

                return null;
            }

            if (_doorbell.IsSet)
            {
                return null;
            }

            _doorbell.Set();
            if ((!_link.HasItems && !_link.IsClosed) || !_doorbell.TryUnset())
            {
                return null;
            }
        }

        return null;
    }

    private bool IsWindowFull()
    {
        if (InWindow < _window.Size)
        {
            return false;
        }

        Volatile.Write(ref _windowFull, true);
        Interlocked.MemoryBarrier(); // the note before another look at the head; pairs with who passes on
        return InWindow >= _window.Size;
    }

    // How many items have been claimed and not passed on.
    private long InWindow => _claims.Claimed - _window.Head;

    // One who sleeps is counted as awake from here on; one who was never made is.
    private PoolWorker? OneMore()
    {
        if (_crew.GetUp() is { } worker)
        {
            return worker;
        }

        if (_crew.Made >= _parallelism || !Run.TryAddActivity())
        {
            return null;
        }

        Interlocked.Increment(ref _working);
        _crew.Add();
        return _delegate.CreateWorker(this, Math.Min(Length.Longest, 1024));
    }

    private void WakeOne()
    {
        PoolWorker? help;
        using (_gate.Enter())
        {
            help = _claims.IsClosed ? null : OneMore();
        }

        Help(help);
    }

    private void Help(PoolWorker? help)
    {
        if (help is not null)
        {
            Rise((PoolWorker<TIn, TOut>)help);
            _crew.Ready(help);
        }
    }

    // Whoever lay down is counted and booked as going on. One who is new was counted when it was made.
    private void Rise(PoolWorker<TIn, TOut> worker)
    {
        if (worker.LiesFor != Wait.None)
        {
            Run.Stirred();
            _idle.End(worker.LiesFor, Run.Now);
            worker.LiesFor = Wait.None;
        }
        else
        {
            _idle.Begun(Run.Now);
        }
    }

    private void CloseClaims(long endsAt)
    {
        using (_gate.Enter())
        {
            CloseUnderGate(endsAt);
        }
    }

    // All who sleep are to see it, behind the gate.
    private void CloseUnderGate(long endsAt)
    {
        _claims.Close(endsAt, _giveUp);
        while (_crew.GetUp() is { } worker)
        {
            if (!Gate.TryDefer(() => Help(worker)))
            {
                Help(worker);
            }
        }
    }
}
