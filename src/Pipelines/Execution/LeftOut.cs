namespace Pipelines.Execution;

/// <summary>What a fused stage does about an item on which its delegate has thrown: goes by the block's policy, and is full while that has to wait.</summary>
internal sealed class LeftOut
{
    private readonly BlockRun _block;
    private Island? _island;

    // Set by the island, cleared by whoever has let the policy know; behind a fence it wakes the island, which looks again.
    private volatile bool _isWaiting;

    public LeftOut(BlockRun block)
    {
        _block = block;
        if (block.OnError.MayWait)
        {
            _ = block.Run.AbortToken; // to be asked for while the run is planned
        }
    }

    /// <summary>An item is on its way out, and there is no room for its letter: the stage takes no other.</summary>
    public bool IsWaiting => _isWaiting;

    public void Attach(Island island) => _island = island;

    /// <summary>User code threw on an item. True: it is left out, and the stage takes another at once.</summary>
    public bool Caught(object? item, Exception error)
    {
        if (_block.TryPutOff(item, error))
        {
            return false; // its turn is behind what comes before it: the stage looks again whether there is room
        }

        ValueTask<bool> told = _block.CaughtAsync(item, error);
        if (told.IsCompleted)
        {
            return told.Result;
        }

        _isWaiting = true;
        _island!.LetterWaits();
        _ = WaitAsync(told); // lets nothing out
        return false;
    }

    // An activity of its own: when the run is aborted the island ends, and may do so before the item is accounted for.
    private async Task WaitAsync(ValueTask<bool> told)
    {
        bool isCounted = _block.Run.TryAddActivity();
        await told.AtOnce(_block.Run.Edge);
        _isWaiting = false;
        Interlocked.MemoryBarrier(); // before the look at who sleeps; pairs with the announcement of a wait
        _island!.LetterIsTold();
        if (isCounted)
        {
            _block.Run.ActivityEnded();
        }
    }
}

/// <summary>Stands behind a block that calls its delegate before it pushes: full while an item of that block is on its way out.</summary>
internal sealed class LeavingOutStage<T>(BlockRun block, LeftOut leftOut, Stage<T> next) : Stage<T, T>(block, next)
{
    public override bool Push(T item) => Next.Push(item);

    public override Readiness Check() => leftOut.IsWaiting ? Readiness.Full : Next.Check();

    public override bool Resume() => !leftOut.IsWaiting && Next.Resume();

    public override bool Complete() => !leftOut.IsWaiting && Next.Complete();

    public override Readiness CheckBehind(BlockRun failed) => leftOut.IsWaiting ? Readiness.Full : base.CheckBehind(failed);

    public override bool CompleteBehind(BlockRun failed) => !leftOut.IsWaiting && base.CompleteBehind(failed);

    public override void Attach(Island island)
    {
        leftOut.Attach(island);
        base.Attach(island);
    }
}
