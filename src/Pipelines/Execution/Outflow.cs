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
internal sealed class Outflow<TOut>(PassingIsland island, Passage<TOut> passage, IOutgoing<TOut> waiting) : IOutflow
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

    private PassingTime _passing;
    private Pending<bool> _letter;

    /// <inheritdoc cref="Passage{TOut}.HasHadEnough"/>
    public bool HasHadEnough => passage.HasHadEnough;

    /// <inheritdoc cref="Passage{TOut}.Close"/>
    public void Close() => passage.Close();

    /// <summary>Pushes a result that has just come, and before which there is nothing. True: the chain takes another. False: <see cref="TryPassOn"/>, which is
    /// where a failure shows too.</summary>
    public bool PassNow(TOut result)
    {
        Debug.Assert(_next == _count && _untold == 0, "There is something before it.");
        if (passage is { IsReady: true, IsOver: false })
        {
            try
            {
                return Push(result);
            }
            catch (Exception error)
            {
                passage.Caught(error);
                return false;
            }
        }

        passage.IsReady = false;
        _batch[0] = new Outgoing<TOut>(result, null);
        (_next, _count) = (0, 1);
        return false;
    }

    /// <inheritdoc/>
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

                if (passage.IsOver)
                {
                    break;
                }

                if (!passage.IsReady && !passage.GetReady(out Wait wait))
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
            passage.Caught(error);
        }

        isOver = true;
        return Wait.None;
    }

    /// <inheritdoc/>
    public bool MustWait(Wait wait, Action continuation) =>
        wait == Wait.Room ? passage.IsFull : _letter.IsStillPending(continuation, island.Run.Edge.IsThreadPool);

    /// <inheritdoc/>
    public Wait Complete() => passage.Complete();

    /// <inheritdoc/>
    public void Abandon() => Forgo(_batch.AsSpan(_next.._count));

    /// <summary>Accounts for what was not passed on.</summary>
    public void Forgo(ReadOnlySpan<Outgoing<TOut>> left)
    {
        foreach (Outgoing<TOut> one in left)
        {
            if (one.Failure is { } failure)
            {
                island.Head.CaughtBehindTheEnd(failure.Item, failure.Error);
            }
            else
            {
                passage.Forgo(one.Result);
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

    private bool Push(TOut result)
    {
        if (island.Head.FollowingInIsland is null)
        {
            return passage.Push(result);
        }

        _passing.Begin(island.Run);
        try
        {
            return passage.Push(result);
        }
        finally
        {
            _passing.End(island.Run);
        }
    }

    /// <inheritdoc/>
    public long PassingAt(long now) => _passing.At(now);
}

/// <summary>What waits to be passed on.</summary>
internal interface IOutgoing<TOut>
{
    /// <summary>Takes out what comes next. 0: there is nothing, and the baton was left for whoever brings the next.</summary>
    int Take(Span<Outgoing<TOut>> batch);

    /// <summary>So many of what was taken have gone on.</summary>
    void Passed(int count);
}
