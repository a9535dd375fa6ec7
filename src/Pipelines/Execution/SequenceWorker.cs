using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>One worker of a block that works on several sequences at once: has one item in hand, asks its sequence for what it yields, and passes that on or
/// puts it in the item's line.</summary>
/// <remarks>
/// <para>It looks between two items whether the line is closed. Then, and at the end, it closes the sequence, which may have to return first; what becomes of
/// the item is settled when it has.</para>
/// </remarks>
internal sealed class SequenceWorker<TIn, TOut>(SequencesIsland<TIn, TOut> block) : PoolWorker(block.Run)
{
    // A worker gives its thread to others after so many results, or so many parts of a second.
    private const int TurnLength = 1024;
    private const int TurnsInASecond = 100;

    private readonly PipelineRun _run = block.Run;
    private SequencePump<TOut> _sequence;
    private TIn _item = default!;
    private ResultLine<TOut>? _line; // that of the item in hand; null if there is none
    private bool _isClosing;

    // In an ordered block, while its item is at the head, it keeps the baton from one result to the next.
    private bool _hasBaton;

    private int _done;
    private long _turnBegan;

    /// <summary>Has this item in hand from here on.</summary>
    public void Take(TIn item, ResultLine<TOut> line) => (_item, _line, _isClosing, _hasBaton) = (item, line, false, false);

    // What the sequence has returned cannot be waited for. So it is left as it is.
    protected override void Broken(Exception error)
    {
        block.WorkerFailed(error);
        if (_line is not null)
        {
            block.Head.Undeliver(_item);
            EndLine();
        }
    }

    protected override void Ready() => block.Ready(this);

    protected override void End() => block.EndWorker();

    protected override Worked WorkOn()
    {
        _done = 0;
        while (true)
        {
            if (_line is null)
            {
                switch (block.Claim(this))
                {
                    case Worked.Out:
                        return Worked.Out;
                    case Worked.Away:
                        return Worked.Away;
                }

                Open();
            }

            _isClosing = _isClosing || _line!.IsClosed || _run.IsAborting;
            if (!_isClosing)
            {
                if (!_hasBaton && !_sequence.IsMoving && !block.HasRoom(this, _line!))
                {
                    return Worked.Away;
                }

                Wait wait = _sequence.Advance(_run);
                if (wait == Wait.None)
                {
                    if (!_sequence.TryTake(out TOut? result))
                    {
                        _isClosing = true;
                        continue;
                    }

                    _hasBaton = block.Pass(_line!, result, _hasBaton);
                    if (IsTurnOver())
                    {
                        return Worked.Turn;
                    }

                    continue;
                }
            }
            else
            {
                Wait wait = _sequence.Close(block.Head);
                _run.RestoreContext();
                if (wait == Wait.None)
                {
                    EndItem();
                    if (IsTurnOver())
                    {
                        return Worked.Turn;
                    }

                    continue;
                }
            }

            if (_sequence.IsStillPending(Continuation, _run.Edge.IsThreadPool))
            {
                return Worked.Away;
            }
        }
    }

    private void Open()
    {
        try
        {
            block.Open(ref _sequence, _item);
        }
        catch (Exception error)
        {
            _sequence.NotOpened(error);
            _isClosing = true;
        }

        _run.RestoreContext();
    }

    // The sequence is closed.
    private void EndItem()
    {
        TIn item = _item;
        ResultLine<TOut> line = _line!;
        if (_sequence.LaterError is { } later)
        {
            block.Head.NoteLater(item, later);
        }

        switch (_sequence.Error)
        {
            case null when _sequence.HasEnded:
                break; // all of it came
            case null:
            case OperationCanceledException when line.IsClosed || _run.IsAborting:
                block.CutShort(line, item);
                break;
            case { } error:
                _hasBaton = block.Fail(line, new FailedItem(item, error)) || _hasBaton;
                break;
        }

        EndLine();
    }

    private void EndLine()
    {
        ResultLine<TOut> line = _line!;
        bool hasBaton = _hasBaton;
        (_item, _line, _hasBaton) = (default!, null, false);
        block.EndItem(line, hasBaton);
    }

    // The clock is asked the more seldom the more often it was asked in vain.
    private bool IsTurnOver()
    {
        int done = ++_done;
        if (done == TurnLength)
        {
            return true;
        }

        if (done < 2 || (done & (done - 1)) != 0)
        {
            return false;
        }

        long now = _run.Edge.Timestamp();
        if (done == 2)
        {
            _turnBegan = now;
        }

        return now - _turnBegan > _run.Edge.TicksPerSecond / TurnsInASecond;
    }
}
