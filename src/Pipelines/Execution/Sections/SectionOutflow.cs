using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The way out of a parallel section: takes what its workers have put down, and passes it on to the chain until something must be waited
/// for.</summary>
/// <remarks>
/// <para>With the baton only, all of it, until everything has stopped.</para>
/// <para>An item that a policy leaves out waits among the results for its turn. While its letter is on its way it is still in flight, and nothing behind it
/// goes on.</para>
/// </remarks>
/// <param name="island">The section's.</param>
/// <param name="last">Its last block: whether others follow in the loop is what there is to be measured.</param>
/// <param name="passage">The way to the chain.</param>
/// <param name="waiting">What workers have put down.</param>
internal sealed class SectionOutflow<TOut>(PassingIsland island, BlockRun last, Passage<TOut> passage, IChunks<TOut> waiting) : IOutflow
{
    // After so many results others have their turn.
    private const int TurnLength = 4096;

    private Chunk<TOut> _chunk;
    private int _next;
    private int _untold;
    private Pending<bool> _letter;
    private SectionBlock? _letterOf;
    private PassingTime _passing;
    private StraightTime _straight;

    /// <summary>Passes on what a worker brings that has the baton, and before which there is nothing. False: not all of it, and what is left is here, to be
    /// passed on when that may be.</summary>
    /// <param name="chunk">The results.</param>
    /// <param name="left">How many are left.</param>
    public bool TryPass(Chunk<TOut> chunk, out int left)
    {
        Debug.Assert(_next == _chunk.Size && _untold == 0, "There is something before it.");
        (_chunk, _next) = (chunk, 0);
        try
        {
            if (!passage.IsOver && (passage.IsReady || passage.GetReady(out _)))
            {
                PushMeasured(int.MaxValue);
            }
        }
        catch (Exception error)
        {
            passage.Caught(error);
        }

        left = _untold = _chunk.Count - _next;
        return left == 0 && passage is { IsReady: true, IsOver: false };
    }

    /// <summary>What was taken out for who has the baton, when there was nothing else.</summary>
    public void Accept(Chunk<TOut> chunk)
    {
        Debug.Assert(_next == _chunk.Size && _untold == 0, "There is something before it.");
        (_chunk, _next, _untold) = (chunk, 0, chunk.Size);
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

                    if (!EndLetter())
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

                if (left <= 0)
                {
                    TellPassed();
                    return Wait.Turn;
                }

                if (_next == _chunk.Size && _chunk.Failure is null && !TryTake())
                {
                    return Wait.None;
                }

                left -= PushMeasured(left);
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
    public long PassingAt(long now) => _passing.At(now) + _straight.Total;

    /// <summary>Passes on a result of a worker that has the baton, while the chain is ready. True: it takes another.</summary>
    public bool PassOne(TOut result)
    {
        if (!_straight.IsDue)
        {
            return passage.Push(result);
        }

        if (last.FollowingInIsland is null)
        {
            _straight.Never(); // there is only a link to write to
            return passage.Push(result);
        }

        long began = island.Run.Now;
        try
        {
            return passage.Push(result);
        }
        finally
        {
            _straight.Measured(island.Run, island.Run.Now - began);
        }
    }

    /// <inheritdoc/>
    public void Abandon()
    {
        Forgo(_chunk, _next);
        (_chunk, _next) = (default, 0);
    }

    /// <summary>Accounts for what was not passed on.</summary>
    public void Forgo(Chunk<TOut> chunk, int from = 0)
    {
        foreach (TOut result in chunk.Results.AsSpan(Math.Min(from, chunk.Count)..chunk.Count))
        {
            passage.Forgo(result);
        }

        if (chunk.Failure is { } failure)
        {
            failure.Block!.CaughtBehindTheEnd(failure.Item, failure.Error);
            if (chunk.IsLeftOut)
            {
                ((SectionBlock)failure.Block).Settled();
            }
        }
    }

    private int PushMeasured(int most)
    {
        if (last.FollowingInIsland is null)
        {
            return Push(most);
        }

        _passing.Begin(island.Run);
        try
        {
            return Push(most);
        }
        finally
        {
            _passing.End(island.Run);
        }
    }

    // Up to the end of what is there, or until the chain takes no more. Returns how many.
    private int Push(int most)
    {
        TOut[] results = _chunk.Results;
        int end = (int)Math.Min(_chunk.Count, (long)_next + most);
        int from = _next;
        while (_next < end)
        {
            TOut result = results[_next];
            results[_next++] = default!;
            if (!passage.Push(result))
            {
                break;
            }
        }

        int pushed = _next - from;
        if (_next == _chunk.Count && _chunk.Failure is { } failure)
        {
            _chunk = _chunk with { Failure = null };
            if (_chunk.IsLeftOut)
            {
                _letterOf = (SectionBlock)failure.Block!;
                _letter.Begin(_letterOf.CaughtAsync(failure.Item, failure.Error));
            }
            else
            {
                waiting.Fails(failure);
            }
        }

        return pushed;
    }

    // False: it ends the run.
    private bool EndLetter()
    {
        bool goesOn = _letter.End();
        _letterOf!.Settled();
        _next++;
        return goesOn;
    }

    private bool TryTake()
    {
        (int passed, TOut[]? emptied) = (_untold, _untold > 0 ? _chunk.Results : null);
        (_chunk, _next, _untold) = (default, 0, 0);
        if (!waiting.TryTake(passed, emptied, out Chunk<TOut> chunk))
        {
            return false; // and all of this may be another's by now
        }

        _chunk = chunk;
        _untold = chunk.Size;
        return true;
    }

    private void TellPassed()
    {
        int passed = _untold - (_chunk.Size - _next);
        if (_untold > 0 && passed > 0)
        {
            _untold -= passed;
            waiting.Passed(passed);
        }
    }
}

/// <summary>What waits to be passed on.</summary>
internal interface IChunks<TOut>
{
    /// <summary>Takes out what comes next. False: there is nothing, and the baton was left for whoever brings the next.</summary>
    /// <param name="passed">How many of what was taken before have gone on since <see cref="Passed"/>.</param>
    /// <param name="emptied">The array that they stood in, if it is no longer needed.</param>
    /// <param name="chunk">What comes next.</param>
    bool TryTake(int passed, TOut[]? emptied, out Chunk<TOut> chunk);

    /// <summary>So many of what was taken have gone on, and something must be waited for.</summary>
    void Passed(int count);

    /// <summary>A failed item's turn has come.</summary>
    void Fails(FailedItem failure);
}
