namespace Pipelines.Execution;

/// <summary>An asynchronous block in a parallel section: calls its delegate for an item, and has the worker wait for it.</summary>
/// <remarks>One call at a time: while it is pending the stage is full, and the worker does nothing else. A call that is complete when it returns costs a
/// worker no wait.</remarks>
internal sealed class AwaitingStage<TIn, TOut> : Stage<TIn, TOut>, ISectionCall
{
    private readonly ISectionWorker _worker;
    private readonly Func<WorkerScope, Func<TIn, CancellationToken, ValueTask<TOut>>> _bind;
    private readonly LeftOut _leftOut;
    private readonly CancellationToken _token;
    private Func<TIn, CancellationToken, ValueTask<TOut>>? _selector;
    private TIn _item = default!;
    private Pending<TOut> _call;

    public AwaitingStage(
        BlockRun block, ISectionWorker worker, Func<WorkerScope, Func<TIn, CancellationToken, ValueTask<TOut>>> bind, Stage<TOut> next)
        : base(block, next)
    {
        _worker = worker;
        _bind = bind;
        _leftOut = new LeftOut(block);
        _token = block.Run.AbortToken;
    }

    public bool IsCompleted => _call.IsCompleted;

    public bool IsStillPending(Action continuation, bool isDirect) => _call.IsStillPending(continuation, isDirect);

    public override bool Push(TIn item)
    {
        if (_selector is null && !TryBind(item))
        {
            return false;
        }

        ValueTask<TOut> call = Call(item);
        if (call.IsCompletedSuccessfully)
        {
            Block.Counted++;
            return Next.Push(call.Result);
        }

        _item = item;
        _call.Begin(call);
        if (call.IsCompleted)
        {
            return End();
        }

        _worker.Await(this);
        return false;
    }

    public override Readiness Check() => _call is { IsBegun: true, IsCompleted: false } || _leftOut.IsWaiting ? Readiness.Full : Next.Check();

    public override bool Resume() =>
        _call.IsBegun ? _call.IsCompleted && End() : !_leftOut.IsWaiting && Next.Resume();

    public override bool Complete() => Next.Complete();

    public override void Attach(Island island)
    {
        _leftOut.Attach(island);
        base.Attach(island);
    }

    // The worker has waited for the call, and nobody has taken its result.
    public override void Abandon()
    {
        if (_call.IsBegun)
        {
            TIn item = _item;
            TOut result;
            try
            {
                result = _call.End();
            }
            catch (Exception error)
            {
                Block.Original.CaughtBehindTheEnd(item, error);
                Next.Abandon();
                return;
            }

            Next.Forgo(Block, result);
        }

        Next.Abandon();
    }

    private ValueTask<TOut> Call(TIn item)
    {
        Block.IsInCode = true;
        try
        {
            return Block.Run.ItemSpans is { } spans ? spans.CallAsync(Block.Original, item, _selector!, _token) : _selector!(item, _token);
        }
        catch (Exception error)
        {
            return ValueTask.FromException<TOut>(error);
        }
        finally
        {
            Block.IsInCode = false;
            Block.Run.RestoreContext();
        }
    }

    private bool End()
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
            return _leftOut.Caught(item, error);
        }

        Block.Counted++;
        return Next.Push(result);
    }

    private bool TryBind(TIn item)
    {
        try
        {
            _selector = _bind(_worker.ScopeOf(Block));
            return true;
        }
        catch (Exception error)
        {
            Block.Undeliver(item);
            _worker.Broke(Block.Original, error);
            return false;
        }
    }
}
