using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The way out of a block with several workers: takes what has come of their items, and passes it on to the chain until something must be waited
/// for.</summary>
/// <remarks>
/// <para>With the baton only, all of it, until everything has stopped. It has nothing of its own but a few items on their way from what waits (<see
/// cref="IOutgoing{TOut}"/>) to the chain, at most one of
/// which has failed and waits for its letter. They count as waiting until they have gone on.</para>
/// <para>It takes something out only when the chain is ready, and leaves the baton only then: so whoever finds it may push at once.</para>
/// </remarks>
internal sealed class Outflow<TOut>(Island island, Stage<TOut> chain, IOutgoing<TOut> waiting)
{
    // So many at a time are taken out, whose workers wait until they are passed on.
    private const int LongestBatch = 64;

    // After so many others have their turn.
    private const int TurnLength = 1024;

    // What was taken and not passed on: from the next to the count. And how much of it is not known to have gone on.
    private Outgoing<TOut>[] _batch = new Outgoing<TOut>[1];
    private int _next;
    private int _count;
    private int _untold;

    private bool _isChainReady;
    private PassingTime _passing;
    private Pending<bool> _letter;
    private volatile bool _isClosed;

    /// <summary>The chain has said that it takes no more: what is cut short for that has not been lost.</summary>
    public bool HasHadEnough { get; private set; }

    // Asked before anything is taken, whatever the chain says: an item that was left because of it is at its end as far as its line knows, and nothing behind
    // it may go out.
    private bool IsOver => _isClosed || island.Run.IsAborting || island.FailedBlock is not null;

    /// <summary>Nothing more is passed on. Before those who work are told to leave off. Any thread.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Pushes a result that has just come, and before which there is nothing. True: the chain takes another. False: <see cref="TryPassOn"/>, which is
    /// where a failure shows too.</summary>
    public bool PassNow(TOut result)
    {
        Debug.Assert(_next == _count && _untold == 0, "There is something before it.");
        if (_isChainReady && !IsOver)
        {
            try
            {
                Push(result);
                return _isChainReady;
            }
            catch (Exception error)
            {
                Caught(error);
                return false;
            }
        }

        _isChainReady = false;
        _batch[0] = new Outgoing<TOut>(result, null);
        (_next, _count) = (0, 1);
        return false;
    }

    /// <summary>
    /// Passes on until there is nothing and the baton was left (<see cref="Wait.None"/>; nothing here may be touched then), until something must be waited
    /// for, or until nothing is passed on any more:
    /// what is left is given back, and the baton is nowhere.
    /// </summary>
    /// <param name="isOver">Whether nothing is passed on any more.</param>
    public Wait TryPassOn(out bool isOver)
    {
        isOver = false;
        try
        {
            int left = TurnLength;
            while (true)
            {
                if (_letter.IsBegun)
                {
                    if (!_letter.IsCompleted)
                    {
                        return Wait.Code;
                    }

                    if (!_letter.End())
                    {
                        break;
                    }
                }

                if (IsOver)
                {
                    break;
                }

                if (!_isChainReady && !GetReady(out Wait wait))
                {
                    if (wait == Wait.None)
                    {
                        break;
                    }

                    TellPassed();
                    return wait;
                }

                if (left-- == 0)
                {
                    TellPassed();
                    return Wait.Turn;
                }

                if (_next == _count && !TryTake())
                {
                    return Wait.None;
                }

                Outgoing<TOut> next = _batch[_next];
                _batch[_next++] = default;
                if (next.Failure is { } failure)
                {
                    _letter.Begin(island.Head.CaughtAsync(failure.Item, failure.Error)); // while its letter waits for room, the item is in flight
                }
                else
                {
                    Push(next.Result);
                }
            }
        }
        catch (Exception error)
        {
            Caught(error);
        }

        isOver = true;
        return Wait.None;
    }

    /// <summary>The second look of who waits.</summary>
    public bool MustWait(Wait wait, Action continuation) => wait == Wait.Room
        ? !island.Run.IsAborting && Check() == Readiness.Full
        : _letter.IsStillPending(continuation, island.Run.Edge.IsThreadPool);

    /// <summary>Everybody has ended: the chain flushes what it holds, and passes the end on.</summary>
    public Wait Complete()
    {
        while (!island.Run.IsAborting)
        {
            BlockRun? failed = island.FailedBlock;
            if (failed is null || failed == island.Head ? chain.Complete() : chain.CompleteBehind(failed))
            {
                break;
            }

            if (Check() == Readiness.Full)
            {
                return Wait.Room;
            }
        }

        return Wait.None;
    }

    /// <summary>After everything has stopped.</summary>
    public void Abandon() => GiveBack(_batch.AsSpan(_next.._count));

    /// <summary>Accounts for what was not passed on.</summary>
    public void GiveBack(ReadOnlySpan<Outgoing<TOut>> left)
    {
        foreach (Outgoing<TOut> one in left)
        {
            if (one.Failure is { } failure)
            {
                island.Head.CaughtBehindTheEnd(failure.Item, failure.Error);
            }
            else
            {
                chain.Forgo(island.Head, one.Result);
            }
        }
    }

    private bool TryTake()
    {
        TellPassed();
        if (_count == _batch.Length && _count < LongestBatch)
        {
            _batch = new Outgoing<TOut>[Math.Min(LongestBatch, 4 * _count)]; // most are never long
        }

        (_next, _count) = (0, 0);
        int taken = waiting.Take(_batch);
        if (taken == 0)
        {
            return false; // and all of this may be another's by now
        }

        _untold = _count = taken;
        return true;
    }

    private void TellPassed()
    {
        int passed = _untold - (_count - _next);
        if (_untold > 0 && passed > 0)
        {
            _untold -= passed;
            waiting.Passed(passed);
        }
    }

    private void Push(TOut result)
    {
        island.Head.Counted++;
        _isChainReady = false; // what throws is not asked again
        if (island.Head.FollowingInIsland is null)
        {
            _isChainReady = chain.Push(result);
            return;
        }

        _passing.Begin(island.Run);
        try
        {
            _isChainReady = chain.Push(result);
        }
        finally
        {
            _passing.End(island.Run);
        }
    }

    /// <summary>How long results have been on their way through the blocks behind so far. Any thread.</summary>
    public long PassingAt(long now) => _passing.At(now);

    // The run fails, or drains: so the chain is not got ready again.
    private void Caught(Exception error) => island.Caught(error);

    // False: it must wait, or (None) it never will be.
    private bool GetReady(out Wait wait)
    {
        wait = Wait.None;
        while (!IsOver)
        {
            switch (chain.Check())
            {
                case Readiness.Finished:
                    HasHadEnough = true;
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

    private Readiness Check() => island.FailedBlock is { } failed && failed != island.Head ? chain.CheckBehind(failed) : chain.Check();
}

/// <summary>What waits to be passed on.</summary>
internal interface IOutgoing<TOut>
{
    /// <summary>Takes out what comes next. 0: there is nothing, and the baton was left for whoever brings the next.</summary>
    int Take(Span<Outgoing<TOut>> batch);

    /// <summary>So many of what was taken have gone on.</summary>
    void Passed(int count);
}
