using System.Diagnostics.CodeAnalysis;
using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An asynchronous sequence in the hands of an island: moved, pushed and closed by polling, one step at a time.</summary>
/// <remarks>
/// States: none; <i>moving</i> (a <c>MoveNextAsync</c> was called and has not returned), <i>at an item</i>, <i>closing</i> (<c>DisposeAsync</c> was called).
/// Between two items it looks whether the
/// run aborts, so a sequence that never waits does not hold a run up. Its first failure is the sequence's, whatever closing it throws then.
/// </remarks>
internal struct SequencePump<T>
{
    private IAsyncEnumerator<T>? _items;
    private Pending<bool> _move;
    private Pending _close;
    private bool _isAtItem;
    private bool _hasEnded;

    /// <summary>Whether there is a sequence that has to be closed.</summary>
    public readonly bool IsOpen => _items is not null;

    /// <summary>Whether code was called that has not returned.</summary>
    public readonly bool IsInCode => (_move.IsBegun && !_move.IsCompleted) || (_close.IsBegun && !_close.IsCompleted);

    /// <summary>Whether it came to its end, by itself or by a failure.</summary>
    public readonly bool HasEnded => _hasEnded;

    /// <summary>What the sequence has thrown first.</summary>
    public Exception? Error { get; private set; }

    /// <summary>What closing it has thrown, when something else was thrown before.</summary>
    public Exception? LaterError { get; private set; }

    public void Open(IAsyncEnumerable<T> sequence, CancellationToken token)
    {
        (_isAtItem, _hasEnded, Error, LaterError) = (false, false, null, null);
        _items = sequence.GetAsyncEnumerator(token);
    }

    /// <summary>There is none: to make it has failed.</summary>
    public void NotOpened(Exception error)
    {
        (_isAtItem, _hasEnded, Error, LaterError) = (false, false, null, null);
        Fail(error);
    }

    /// <summary>The second look of a wait for the sequence.</summary>
    public bool IsStillPending(Action continuation, bool isDirect) =>
        _close.IsBegun ? _close.IsStillPending(continuation, isDirect) : _move.IsStillPending(continuation, isDirect);

    /// <summary>Whether it was asked for its next item and has not been looked at since.</summary>
    public readonly bool IsMoving => _move.IsBegun;

    /// <summary>
    /// Moves to the next item. <see cref="Wait.None"/>: it is there, to be taken by <see cref="TryTake"/>, or the sequence has ended, or failed. <see
    /// cref="Wait.Outside"/>: it has not returned.
    /// </summary>
    public Wait Advance(PipelineRun run)
    {
        if (!_move.IsBegun)
        {
            Move();
            run.RestoreContext();
        }

        if (_move.IsBegun)
        {
            if (!_move.IsCompleted)
            {
                return Wait.Outside;
            }

            EndMove();
        }

        return Wait.None;
    }

    /// <summary>Takes the item that it is at. False: there is none, since it has ended, or failed.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        item = default;
        if (!_isAtItem)
        {
            return false;
        }

        try
        {
            _isAtItem = false;
            item = _items!.Current;
            return true;
        }
        catch (Exception error)
        {
            Fail(error);
            return false;
        }
    }

    /// <summary>
    /// Pushes what it yields. <see cref="Wait.None"/>: it has ended, or failed, and is to be closed. Otherwise what has to be waited for:
    /// <see cref="Wait.Outside"/> for the sequence, <see cref="Wait.Room"/> if the chain takes no more for now.
    /// </summary>
    public Wait Push(Island island, Stage<T> chain, bool isSource, int turn)
    {
        PipelineRun run = island.Run;
        while (true)
        {
            if (_isAtItem)
            {
                if (isSource && run.IsPaused)
                {
                    return Wait.Resume;
                }

                _isAtItem = false;
                island.Head.Counted++;
                if (!chain.Push(_items!.Current))
                {
                    return Wait.Room;
                }
            }
            else if (_hasEnded || run.IsAborting)
            {
                return Wait.None;
            }
            else if (!_move.IsBegun)
            {
                if (isSource && !run.IsFeeding)
                {
                    return run.IsStopping ? Wait.None : Wait.Resume;
                }

                if (turn-- == 0)
                {
                    return Wait.Turn;
                }

                Move();
                run.RestoreContext();
            }
            else if (!_move.IsCompleted)
            {
                return Wait.Outside;
            }
            else
            {
                EndMove();
            }
        }
    }

    /// <summary>What was called must return first. <see cref="Wait.None"/>: it has, and the sequence is closed.</summary>
    public Wait Close(BlockRun head)
    {
        if (_items is null)
        {
            return Wait.None;
        }

        if (_move.IsBegun)
        {
            if (!_move.IsCompleted)
            {
                return Wait.Outside;
            }

            EndMove();
        }

        try
        {
            if (_isAtItem)
            {
                _isAtItem = false;
                head.UndeliverResult(_items.Current); // nobody takes it any more
            }

            if (!_close.IsBegun)
            {
                _close.Begin(_items.DisposeAsync());
            }

            if (!_close.IsCompleted)
            {
                return Wait.Code;
            }

            _close.End();
        }
        catch (Exception error)
        {
            Fail(error);
        }

        _items = null;
        return Wait.None;
    }

    private void Move()
    {
        try
        {
            _move.Begin(_items!.MoveNextAsync());
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private void EndMove()
    {
        try
        {
            _isAtItem = _move.End();
            _hasEnded = !_isAtItem;
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private void Fail(Exception error)
    {
        _hasEnded = true;
        _isAtItem = false;
        if (Error is null)
        {
            Error = error;
        }
        else
        {
            LaterError ??= error;
        }
    }
}
