using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>Passes a pool's results on, in the order of their places.</summary>
/// <remarks>
/// <para>Who has the baton (<see cref="ReorderWindow{TOut}"/>) has the chain and all fields here: a worker, or the island. The failures alone are under the
/// pool's gate.</para>
/// <para>A failed item is published like a result and takes effect when the head arrives at it: what is before it has then been passed on, and nothing behind
/// it ever is, unless a policy leaves it out. The head stays at it until its letter has found room: so long the item is in flight.</para>
/// </remarks>
internal sealed class Emitter<TIn, TOut>(PoolIsland<TIn, TOut> pool, ReorderWindow<TOut> window, Stage<TOut> chain, Gate gate)
{
    private readonly Dictionary<long, FailedItem> _failures = [];
    private PassingTime _passing;
    private bool _isChainReady;
    private Pending<bool> _letter;

    private BlockRun Head => pool.Head;

    private PipelineRun Run => pool.Run;

    /// <summary>A failure for the place at which it is about to be published. Under the gate.</summary>
    public void Add(long place, TIn item, Exception error) => _failures.Add(place, new FailedItem(item, error));

    /// <summary>Passes on until the baton lies at a place that is not published (<see cref="Wait.None"/>), or until something must be waited for. Null:
    /// nothing is passed on any more, and the baton stays where it is.</summary>
    public Wait? TryEmit()
    {
        try
        {
            while (EndLetter(out bool isPending))
            {
                if (isPending)
                {
                    return Wait.Code;
                }

                if (!_isChainReady && !GetChainReady(out Wait wait))
                {
                    if (wait == Wait.None)
                    {
                        return null;
                    }

                    Interlocked.MemoryBarrier(); // the head has moved, and the wait may be a long one
                    pool.TellOfRoom();
                    return wait;
                }

                int run = window.TakeHead();
                switch (run)
                {
                    case 0:
                        pool.TellOfRoom(); // the exchange was the fence behind the last move of the head
                        return Wait.None;
                    case ReorderWindow<TOut>.Failed:
                        BeginLetter();
                        break;
                    default:
                        EmitRun(run);
                        break;
                }
            }
        }
        catch (Exception error)
        {
            pool.Caught(error);
        }

        return null;
    }

    /// <summary>Whether what <see cref="TryEmit"/> waits for has not come. If it has not, the continuation is called when it does.</summary>
    public bool MustWait(Wait wait, Action continuation) => wait == Wait.Room
        ? !Run.IsAborting && CheckChain() == Readiness.Full
        : _letter.IsStillPending(continuation, Run.Edge.IsThreadPool);

    /// <summary>Passes the end on, when nothing else will be.</summary>
    public Wait Complete()
    {
        while (!Run.IsAborting)
        {
            BlockRun? failed = pool.FailedBlock;
            if (failed is null || failed == Head ? chain.Complete() : chain.CompleteBehind(failed))
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

    /// <summary>How long the blocks behind the pool have taken so far.</summary>
    public long PassingAt(long now) => _passing.At(now);

    /// <summary>When everything has stopped: what was published and not passed on, up to that place.</summary>
    public void Abandon(long end) => window.Abandon(
        end,
        result => chain.Forgo(Head, result),
        place =>
        {
            if (_failures.TryGetValue(place, out FailedItem failed))
            {
                Head.CaughtBehindTheEnd(failed.Item, failed.Error);
            }
        });

    private Readiness CheckChain() => pool.FailedBlock is { } failed && failed != Head ? chain.CheckBehind(failed) : chain.Check();

    // False: it must wait, or (None) it never will be.
    private bool GetChainReady(out Wait wait)
    {
        wait = Wait.None;
        while (!Run.IsAborting && pool.FailedBlock is null)
        {
            switch (chain.Check())
            {
                case Readiness.Finished:
                    return false;
                case Readiness.Full:
                    wait = Wait.Room;
                    return false;
                case Readiness.Ready when chain.Resume():
                    return _isChainReady = true;
            }
        }

        return false;
    }

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

    // All of the run, or as much as the chain takes.
    private void PushRun(int length)
    {
        PipelineRun run = Run;
        BlockRun head = Head;
        while (window.Emitted < length)
        {
            TOut result = window.TakeNext();
            head.Counted++;
            if (!chain.Push(result) || run.IsAborting)
            {
                _isChainReady = false;
                break;
            }
        }

        if (window.Emitted == length)
        {
            window.MoveHead(length);
            pool.TellOfRoom(); // as early as can be; for certain behind the fence with which the baton is left or a wait begins
        }
    }

    private void BeginLetter()
    {
        FailedItem failed;
        using (gate.Enter())
        {
            _failures.Remove(window.Head, out failed);
        }

        _letter.Begin(Head.CaughtAsync(failed.Item, failed.Error));
    }

    // False: the block does not go on without the item.
    private bool EndLetter(out bool isPending)
    {
        isPending = _letter.IsBegun && !_letter.IsCompleted;
        if (!_letter.IsBegun || isPending)
        {
            return true;
        }

        bool goesOn = _letter.End();
        window.MoveHead(1); // only now: while its letter waits for room, the item is in flight
        pool.TellOfRoom();
        return goesOn;
    }

    private readonly record struct FailedItem(TIn Item, Exception Error);
}
