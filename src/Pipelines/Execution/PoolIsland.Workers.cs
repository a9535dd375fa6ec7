using System.Diagnostics.CodeAnalysis;
using Pipelines.Channels;

namespace Pipelines.Execution;

// What its workers call, each on a thread of its own.
internal sealed partial class PoolIsland<TIn, TOut>
{
    /// <inheritdoc cref="ClaimQueue{TIn}.TryTake"/>
    public bool TryTake([MaybeNullWhen(false)] out TIn item, out long place) => _dispatcher.TryTake(out item, out place);

    /// <summary>Takes the next run of items for a worker. 0: it has lain down. Negative: there will be no more.</summary>
    public int Claim(PoolWorker<TIn, TOut> worker)
    {
        int count;
        PoolWorker? help;
        Wait reason;
        using (_gate.Enter())
        {
            count = _dispatcher.Claim(worker);
            reason = worker.LiesFor;
            help = _dispatcher.CallForHelp();
        }

        // Whoever is woken is counted first, and may be this worker: else it would look as if nobody executed.
        _crew.Wake(help);
        if (count == 0)
        {
            _crew.HasLainDown(reason);
        }

        return count;
    }

    /// <inheritdoc cref="Dispatcher{TIn, TOut}.ClaimMore"/>
    public int ClaimMore(PoolWorker<TIn, TOut> worker)
    {
        int count;
        PoolWorker? help;
        using (_gate.Enter())
        {
            count = _dispatcher.ClaimMore(worker);
            help = _dispatcher.CallForHelp();
        }

        _crew.Wake(help);
        return count;
    }

    /// <inheritdoc cref="Dispatcher{TIn, TOut}.MayHaveMore"/>
    public bool MayHaveMore
    {
        get
        {
            using (_gate.Enter())
            {
                return _dispatcher.MayHaveMore;
            }
        }
    }

    /// <summary>The rest of a run, whose worker waits for a pending item, is there for others.</summary>
    public void Return(long place, ReadOnlySpan<TIn> items)
    {
        PoolWorker? help;
        using (_gate.Enter())
        {
            _dispatcher.Return(place, items);
            help = _dispatcher.CallForHelp();
        }

        _crew.Wake(help);
    }

    /// <summary>Items that a worker holds and nobody will work on.</summary>
    public void Undeliver(ReadOnlySpan<TIn> items)
    {
        foreach (TIn item in items)
        {
            Head.Undeliver(item);
        }
    }

    /// <summary>A result that came too late: its item has failed.</summary>
    public void Discard(TOut result) => _chain.Discard(Head, result);

    /// <summary>Puts the results of a part of a run in their places. True: with them came the baton, and this worker is to <see cref="Emit"/>.</summary>
    public bool Publish(long place, ReadOnlySpan<TOut> results) => _window.Publish(place, results);

    /// <summary>
    /// Puts a failure in its place. If the block's policy does not go on without the item, it ends the run when the head arrives at it, and nothing more is
    /// claimed. Upstream is not told, and waits for room once the link is full: told that nobody takes any more, a block that has another line would go on
    /// with that one, and empty the source for nothing.
    /// </summary>
    /// <returns>Whether the baton came with it.</returns>
    public bool PublishFailure(long place, TIn item, Exception error)
    {
        place = _window.PlaceFor(place, 1);
        using (_gate.Enter())
        {
            _emitter.Add(place, item, error);
            if (!GoesOnBehindFailures)
            {
                CloseUnderGate(endsAt: _ordered ? place : 0);
            }
        }

        return _window.PublishFailure(place);
    }

    /// <summary>Passes one result on, sooner or later.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="result">The result.</param>
    /// <param name="mayDefer">The worker has better things to do: if there are others at work, so that there will be more to pass on in a moment, the emitter
    /// does it for all of them.</param>
    public void Pass(long place, TOut result, bool mayDefer)
    {
        if (_window.Publish(place, result))
        {
            if (mayDefer && _crew.Awake > 1)
            {
                RouseEmitter();
            }
            else
            {
                Emit();
            }
        }
    }

    /// <summary>With the baton in hand, passes on what there is. If something must be waited for, the island takes the baton over and does that.</summary>
    public void Emit()
    {
        Wait wait = TryEmit();
        if (wait == Wait.None)
        {
            return;
        }

        _hasBaton = true;
        Interlocked.Increment(ref _working);
        Run.Stirred();
        if (wait != Wait.Room || !TrySleep(wait))
        {
            Queue();
        }
    }

    /// <summary>With the baton in hand, leaves it to the island, soon.</summary>
    public void RouseEmitter()
    {
        _hasBaton = true;
        Interlocked.Increment(ref _working);
        Rouse();
    }

    /// <summary>The worker is to go on.</summary>
    public void Ready(PoolWorker worker) => _crew.Ready(worker);

    /// <summary>A worker could not be made, or broke: it was not about an item.</summary>
    public void WorkerFailed(Exception error)
    {
        Head.Caught(error);
        TakeNoMore();
    }

    /// <summary>The worker is done for good.</summary>
    public void EndWorker()
    {
        using (_gate.Enter())
        {
            _crew.Leave();
        }

        _crew.HasLeft();
        if (Interlocked.Decrement(ref _working) == 0)
        {
            Rouse(); // nobody has the baton any more, and nobody else works: the island completes
        }

        Run.ActivityEnded();
    }

    /// <summary>The head has moved, with a fence behind it at the latest when the baton is left or a wait begins.</summary>
    public void TellOfRoom()
    {
        if (_dispatcher.WasWindowFull)
        {
            PoolWorker? help;
            using (_gate.Enter())
            {
                help = _dispatcher.CallForRoom();
            }

            _crew.Wake(help);
        }
    }

    /// <summary>One who slept, counted as awake from here on, or one who was never made. Under the gate.</summary>
    public PoolWorker? OneMore()
    {
        if (_crew.Awake >= Parallelism)
        {
            return null; // who is awake comes to claim
        }

        if (_crew.GetUp() is { } worker)
        {
            return worker;
        }

        if (_crew.Made >= Parallelism || !Run.TryAddActivity())
        {
            return null;
        }

        Interlocked.Increment(ref _working);
        _crew.Add();
        return _delegate.CreateWorker(this, Math.Min(_longestRun, 1024));
    }

    /// <summary>Nothing is claimed any more from that place on. All who sleep see it, behind the gate. Under the gate.</summary>
    public void CloseUnderGate(long endsAt)
    {
        _dispatcher.Close(endsAt, _giveUp);
        while (_crew.GetUp() is { } worker)
        {
            if (!Gate.TryDefer(() => _crew.Wake(worker)))
            {
                _crew.Wake(worker);
            }
        }
    }

    private void CloseClaims(long endsAt)
    {
        using (_gate.Enter())
        {
            CloseUnderGate(endsAt);
        }
    }

    // Also where nothing is claimed any more: it finds out, and with its end the island's comes.
    private void BeginFirst()
    {
        PoolWorker? first;
        using (_gate.Enter())
        {
            _isOpen = true;
            first = OneMore();
        }

        _crew.Wake(first);
    }

    private void WakeOne()
    {
        PoolWorker? help;
        using (_gate.Enter())
        {
            help = _dispatcher.IsClosed ? null : OneMore();
        }

        _crew.Wake(help);
    }

    // From dormant to ready.
    private void Rouse()
    {
        Run.Stirred();
        Queue();
    }
}
