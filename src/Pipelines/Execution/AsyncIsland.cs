using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head awaits a delegate for each item, one at a time; what comes out goes on down the chain.</summary>
internal sealed class AsyncIsland<TIn, TOut>(
    BlockRun head, Ring<TIn> link, Func<TIn, CancellationToken, ValueTask<TOut>> selector, Stage<TOut> chain)
    : ChainIsland<TOut>(head, chain)
{
    private readonly CancellationToken _token = head.Run.AbortToken;

    // The item whose delegate was called, the delegate's task, and, if it has failed, what its policy does about it.
    private TIn _item = default!;
    private Pending<TOut> _call;
    private Pending<bool> _letter;

    protected override bool IsStarved => !link.HasItems && !link.IsClosed;

    protected override bool IsPending => _letter.IsBegun
        ? _letter.IsStillPending(Continuation, Run.Edge.IsThreadPool)
        : _call.IsStillPending(Continuation, Run.Edge.IsThreadPool);

    protected override Wait Feed()
    {
        bool isFirst = Chain is LinkWriter<TOut>;
        for (int left = TurnLength; left > 0; left--)
        {
            if (!link.TryRead(out TIn? item))
            {
                return link.IsDrained ? Wait.None : Wait.Input;
            }

            DirectRun.Close(); // before code is called, which may take its time

            ValueTask<TOut> call = Call(item);
            if (call.IsCompletedSuccessfully)
            {
                Head.Counted++;
                if (isFirst)
                {
                    DirectRun.Open();
                    isFirst = false;
                }

                if (!Chain.Push(call.Result) || Run.IsAborting)
                {
                    return Wait.Room;
                }

                continue;
            }

            _item = item;
            _call.Begin(call);
            return Settle() is var unsettled && unsettled != Wait.None ? unsettled : Wait.Room;
        }

        return Wait.Turn;
    }

    protected override Wait Settle()
    {
        if (_letter.IsBegun)
        {
            if (!_letter.IsCompleted)
            {
                return Wait.Code;
            }

            _letter.End();
        }
        else if (_call.IsBegun)
        {
            return _call.IsCompleted ? EndCall() : Wait.Code;
        }

        return Wait.None;
    }

    private ValueTask<TOut> Call(TIn item)
    {
        try
        {
            return Run.ItemSpans is { } spans ? spans.CallAsync(Head, item, selector, _token) : selector(item, _token);
        }
        catch (Exception error)
        {
            return ValueTask.FromException<TOut>(error);
        }
        finally
        {
            Run.RestoreContext();
        }
    }

    private Wait EndCall()
    {
        TIn item = _item;
        _item = default!;
        TOut result;
        try
        {
            result = _call.End();
        }
        catch (Exception error)
        {
            _letter.Begin(Head.CaughtAsync(item, error));
            return Settle();
        }

        Head.Counted++;
        Chain.Push(result);
        return Wait.None;
    }

    protected override Wait Leave()
    {
        link.LeaveReader();
        return Wait.None;
    }

    public override void Abandon()
    {
        Head.AbandonLink(link);
        Chain.Abandon();
    }
}
