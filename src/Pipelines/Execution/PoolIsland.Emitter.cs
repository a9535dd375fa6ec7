using Pipelines.Channels;

namespace Pipelines.Execution;

// How results get from the workers to the chain. Who has the baton has the chain, and all fields here.
internal sealed partial class PoolIsland<TIn, TOut>
{
    // Under the gate: failed items, by their places.
    private readonly Dictionary<long, FailedItem> _failures = [];

    private Phase _phase;
    private bool _isChainReady;
    private PassingTime _passing;
    private Pending<bool> _letter;
    private bool _hasBaton;

    private enum Phase
    {
        New,
        Emitting,
        Completing,
        Over,
    }

    public bool GoesOnBehindFailures => !Head.OnError.Stops;

    /// <summary>A result that came too late: its item has failed.</summary>
    public void Discard(TOut result) => _chain.Discard(Head, result);

    /// <summary>Puts the results of a part of a run in their places. True: with them came the baton, and this worker is to <see cref="Emit"/>.</summary>
    public bool Publish(long place, ReadOnlySpan<TOut> results) => _window.Publish(place, results);

    /// <summary>
    /// Puts a failure in its place. If the block's policy does not go on without the item, it ends the run when the head arrives at it, and nothing more is
    /// claimed. Upstream is not
    /// told, and waits for room once the link is full: told that nobody takes any more, a block that has another line would go on with that one, and empty
    /// the source for nothing.
    /// </summary>
    /// <returns>Whether the baton came with it.</returns>
    public bool PublishFailure(long place, TIn item, Exception error)
    {
        place = _window.PlaceFor(place, 1);
        using (_gate.Enter())
        {
            _failures.Add(place, new FailedItem(item, error));
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

    // From dormant to ready.
    private void Rouse()
    {
        Run.Stirred();
        Queue();
    }

    protected override Wait Poll()
    {
        if (_phase == Phase.New && IsRefused)
        {
            _phase = Phase.Completing;
        }
        else if (_phase == Phase.New)
        {
            _phase = Phase.Emitting;
            PoolWorker? first = null;
            using (_gate.Enter())
            {
                first = OneMore();
            }

            Help(first);
            return Wait.Dormant;
        }

        if (_phase == Phase.Emitting)
        {
            if (_hasBaton)
            {
                // Before it is left: whoever finds it then may hand it back to this island at once.
                _hasBaton = false;
                Wait wait = TryEmit();
                if (wait != Wait.None)
                {
                    _hasBaton = true;
                    return wait;
                }

                if (Interlocked.Decrement(ref _working) != 0)
                {
                    return Wait.Dormant;
                }
            }

            _phase = Phase.Completing;
        }

        if (_phase == Phase.Completing)
        {
            _link.LeaveReader();
            Wait wait = Complete();
            if (wait != Wait.None)
            {
                return wait;
            }

            _phase = Phase.Over;
        }

        return Wait.None;
    }

    protected override bool MustWait(Wait wait) => wait switch
    {
        Wait.Room => !Run.IsAborting && CheckChain() == Readiness.Full,
        _ => _letter.IsStillPending(Continuation, Run.Edge.IsThreadPool),
    };

    protected override void Broken(Exception error)
    {
        Caught(error);
        TakeNoMore();
        _phase = Phase.Completing <= _phase ? Phase.Over : _phase;
    }

    private Readiness CheckChain() => FailedBlock is { } failed && failed != Head ? _chain.CheckBehind(failed) : _chain.Check();

    private Wait Complete()
    {
        while (!Run.IsAborting)
        {
            BlockRun? failed = FailedBlock;
            if (failed is null || failed == Head ? _chain.Complete() : _chain.CompleteBehind(failed))
            {
                break;
            }

            if (CheckChain() == Readiness.Full)
            {
                return Wait.Room;
            }
        }

        return Wait.None;
    }

    // Nobody downstream takes any more, or the run is over: what is left is given back in the end. The baton stays where it is: nothing is passed on any more.
    private void TakeNoMore()
    {
        CloseClaims(0);
        _link.LeaveReader();
    }

    // Passes on until the baton lies at a place that is not published, or nowhere, since nothing is passed on any more (None), or until something must be
    // waited for.
    private Wait TryEmit()
    {
        try
        {
            while (true)
            {
                if (_letter.IsBegun)
                {
                    if (!_letter.IsCompleted)
                    {
                        return Wait.Code;
                    }

                    bool goesOn = _letter.End();
                    _window.MoveHead(1); // only now: while its letter waits for room, the item is in flight
                    TellOfRoom();
                    if (!goesOn)
                    {
                        break;
                    }
                }

                if (!_isChainReady && !GetChainReady(out Wait wait))
                {
                    if (wait == Wait.Room)
                    {
                        Interlocked.MemoryBarrier(); // the head has moved, and the wait may be a long one
                        TellOfRoom();
                        return wait;
                    }

                    break;
                }

                int run = _window.TakeHead();
                if (run == 0)
                {
                    TellOfRoom(); // the exchange was the fence behind the last move of the head
                    return Wait.None;
                }

                if (run == ReorderWindow<TOut>.Failed)
                {
                    BeginFailure();
                }
                else
                {
                    EmitRun(run);
                }
            }
        }
        catch (Exception error)
        {
            Caught(error);
        }

        TakeNoMore();
        return Wait.None;
    }

    // False: it must wait, or (None) it never will be.
    private bool GetChainReady(out Wait wait)
    {
        wait = Wait.None;
        while (!Run.IsAborting && FailedBlock is null)
        {
            switch (_chain.Check())
            {
                case Readiness.Finished:
                    return false;
                case Readiness.Full:
                    wait = Wait.Room;
                    return false;
                case Readiness.Ready when _chain.Resume():
                    return _isChainReady = true;
            }
        }

        return false;
    }

    // All of the run, or as much as the chain takes.
    private void EmitRun(int length)
    {
        if (Head.FollowingInIsland is null)
        {
            PushRun(length);
            return;
        }

        _passing.Begin(Run);
        try
        {
            PushRun(length);
        }
        finally
        {
            _passing.End(Run);
        }
    }

    private void PushRun(int length)
    {
        PipelineRun run = Run;
        ReorderWindow<TOut> window = _window;
        while (window.Emitted < length)
        {
            TOut result = window.TakeNext();
            Head.Counted++;
            if (!_chain.Push(result) || run.IsAborting)
            {
                _isChainReady = false;
                break;
            }
        }

        if (window.Emitted == length)
        {
            window.MoveHead(length);
            TellOfRoom(); // as early as can be; for certain behind the fence with which the baton is left or a wait begins
        }
    }

    private void BeginFailure()
    {
        FailedItem failed;
        using (_gate.Enter())
        {
            _failures.Remove(_window.Head, out failed);
        }

        _letter.Begin(Head.CaughtAsync(failed.Item, failed.Error));
    }

    // Whoever found the window full has noted so, passed a fence and looked at the head again.
    private void TellOfRoom()
    {
        if (Volatile.Read(ref _windowFull))
        {
            PoolWorker? help;
            using (_gate.Enter())
            {
                _windowFull = false;
                help = CallForHelp();
            }

            Help(help);
        }
    }
}
