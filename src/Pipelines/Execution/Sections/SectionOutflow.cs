using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The way out of a parallel section: takes what its workers have put down, and passes it on to the chain until something must be waited
/// for.</summary>
/// <remarks>With the baton only, all of it, until everything has stopped.</remarks>
internal sealed class SectionOutflow<TOut>(Passage<TOut> passage, IChunks<TOut> waiting) : IOutflow
{
    // After so many results others have their turn.
    private const int TurnLength = 4096;

    private Chunk<TOut> _chunk;
    private int _next;
    private int _untold;

    /// <summary>Passes on what a worker brings that has the baton, and before which there is nothing. False: not all of it, and what is left is here, to be
    /// passed on when that may be.</summary>
    /// <param name="chunk">The results.</param>
    /// <param name="left">How many are left.</param>
    public bool TryPass(Chunk<TOut> chunk, out int left)
    {
        Debug.Assert(_next == _chunk.Count && _untold == 0, "There is something before it.");
        (_chunk, _next) = (chunk, 0);
        try
        {
            if (!passage.IsOver && (passage.IsReady || passage.GetReady(out _)))
            {
                Push(int.MaxValue);
            }
        }
        catch (Exception error)
        {
            passage.Caught(error);
        }

        left = _untold = _chunk.Count - _next;
        return left == 0 && passage is { IsReady: true, IsOver: false };
    }

    /// <inheritdoc/>
    public Wait TryPassOn(out bool isOver)
    {
        isOver = false;
        try
        {
            int left = TurnLength;
            while (!passage.IsOver)
            {
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

                if (_next == _chunk.Count && !TryTake())
                {
                    return Wait.None;
                }

                left -= Push(left);
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
    public bool MustWait(Wait wait, Action continuation) => passage.IsFull;

    /// <inheritdoc/>
    public Wait Complete() => passage.Complete();

    // What a worker passes straight on goes by too quickly for a look at the clock each.
    /// <inheritdoc/>
    public long PassingAt(long now) => 0;

    /// <inheritdoc/>
    public void Abandon()
    {
        GiveBack(_chunk, _next);
        _next = _chunk.Count;
    }

    /// <summary>Accounts for what was not passed on.</summary>
    public void GiveBack(Chunk<TOut> chunk, int from = 0)
    {
        foreach (TOut result in chunk.Results.AsSpan(from..chunk.Count))
        {
            passage.Forgo(result);
        }

        if (chunk.Failure is { } failure)
        {
            failure.Block!.CaughtBehindTheEnd(failure.Item, failure.Error);
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
            waiting.Fails(failure);
        }

        return pushed;
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
        _untold = chunk.Count;
        return true;
    }

    private void TellPassed()
    {
        int passed = _untold - (_chunk.Count - _next);
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
