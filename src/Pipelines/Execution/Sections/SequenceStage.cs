using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>A block in a parallel section that turns an item into an asynchronous sequence: moves it, pushes what it yields, closes it, and has the worker
/// wait where it has not returned.</summary>
/// <remarks>States: none in hand; <i>reading</i>; <i>closing</i>, once it has ended, failed or is left. What becomes of the item is settled when the sequence
/// is closed. In code the worker waits; the first failure is the item's.</remarks>
internal sealed class SequenceStage<TIn, TOut>(
    BlockRun block, ISectionWorker worker, Func<TIn, CancellationToken, IAsyncEnumerable<TOut>> selector, Stage<TOut> next)
    : Stage<TIn, TOut>(block, next), ISectionCall
{
    private readonly LeftOut _leftOut = new(block);
    private readonly CancellationToken _token = worker.Token;
    private SequencePump<TOut> _sequence;
    private TIn _item = default!;
    private bool _hasItem;
    private bool _isClosing;
    private bool _isLeft;

    public bool IsCompleted => !_sequence.IsInCode;

    public bool IsStillPending(Action continuation, bool isDirect) => _sequence.IsStillPending(continuation, isDirect);

    public override bool Push(TIn item)
    {
        (_item, _hasItem, _isClosing) = (item, true, false);
        try
        {
            _sequence.Open(selector(item, _token), _token);
        }
        catch (Exception error)
        {
            _sequence.NotOpened(error);
            _isClosing = true;
        }

        Block.Run.RestoreContext();
        return GoOn();
    }

    public override Readiness Check() => _sequence.IsInCode || _leftOut.IsWaiting ? Readiness.Full : Next.Check();

    public override bool Resume() => !_leftOut.IsWaiting && Next.Resume() && (!_hasItem || GoOn());

    public override bool TryLeave()
    {
        _isLeft = true;
        if (_hasItem)
        {
            _isClosing = true;
            TryClose();
        }

        return !_hasItem && Next.TryLeave();
    }

    public override void Attach(Island island)
    {
        _leftOut.Attach(island);
        base.Attach(island);
    }

    // True: it is ready for another item.
    private bool GoOn()
    {
        while (!_isClosing)
        {
            Wait wait = _sequence.Advance(Block.Run);
            if (wait != Wait.None)
            {
                worker.Await(this);
                return false;
            }

            if (!_sequence.TryTake(out TOut? result))
            {
                _isClosing = true;
                break;
            }

            Block.Counted++;
            if (!Next.Push(result) || Block.Run.IsAborting)
            {
                return false;
            }
        }

        return TryClose();
    }

    private bool TryClose()
    {
        Wait wait = _sequence.Close(Block);
        Block.Run.RestoreContext();
        if (wait != Wait.None)
        {
            worker.Await(this);
            return false;
        }

        TIn item = _item;
        (_item, _hasItem) = (default!, false);
        if (_sequence.LaterError is { } later)
        {
            Block.NoteLater(item, later);
        }

        switch (_sequence.Error)
        {
            case null when _sequence.HasEnded:
                return true;
            case null:
            case OperationCanceledException when _isLeft:
                Block.Undeliver(item); // in its middle
                return true;
            case { } error:
                return _leftOut.Caught(item, error);
        }
    }
}
