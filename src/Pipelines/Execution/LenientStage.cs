namespace Pipelines.Execution;

/// <summary>Stands around the stage of a block that leaves failed items out, and guards each call of its delegate.</summary>
/// <remarks>
/// One for all operators: a stage notes when it is inside its delegate, and changes nothing of its own before the delegate has returned. So an
/// exception that comes by while the note says so is that delegate's, on that item, and the stage is ready for another.
/// What is thrown further down finds the note gone and goes on up, to the island that knows whose it is.
/// </remarks>
internal sealed class LenientStage<T> : Stage<T>
{
    private readonly Stage<T> _stage;
    private readonly ICallsDelegate _caller;
    private readonly LeftOut _leftOut;

    private LenientStage(Stage<T> stage, ICallsDelegate caller)
        : base(stage.Block)
    {
        _stage = stage;
        _caller = caller;
        _leftOut = new LeftOut(stage.Block);
    }

    /// <summary>The stage itself if a failed item ends the run, so that this costs it nothing.</summary>
    public static Stage<T> Around<TStage>(TStage stage)
        where TStage : Stage<T> =>
        stage.Block.OnError.Stops ? stage : new LenientStage<T>(stage, (ICallsDelegate)(object)stage);

    public override int Depth => _stage.Depth;

    // A letter may have to wait, in the middle of a run.
    public override int Sure => _stage.Block.OnError.MayWait ? 1 : _stage.Sure;

    public override bool Push(T item)
    {
        try
        {
            return _stage.Push(item);
        }
        catch (Exception error) when (_caller.IsInside)
        {
            _caller.Leave();
            return _leftOut.Caught(item, error);
        }
    }

    public override Readiness Check() => _leftOut.IsWaiting ? Readiness.Full : _stage.Check();

    public override bool Resume() => !_leftOut.IsWaiting && _stage.Resume();

    public override bool Complete() => !_leftOut.IsWaiting && _stage.Complete();

    public override Readiness CheckBehind(BlockRun failed) => _leftOut.IsWaiting ? Readiness.Full : _stage.CheckBehind(failed);

    public override bool CompleteBehind(BlockRun failed) => !_leftOut.IsWaiting && _stage.CompleteBehind(failed);

    public override void Abandon() => _stage.Abandon();

    public override bool TryLeave() => _stage.TryLeave();

    public override void Forgo(BlockRun head, T item) => _stage.Forgo(head, item);

    public override void Discard(BlockRun head, T item) => _stage.Discard(head, item);

    public override void Attach(Island island)
    {
        _leftOut.Attach(island);
        _stage.Attach(island);
    }
}
