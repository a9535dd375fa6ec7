namespace Pipelines.Execution;

/// <summary>A worker of a parallel section, as the blocks in its copy of the section see it.</summary>
internal interface ISectionWorker
{
    /// <summary>For asynchronous sequences: cancelled with the run's token, and as soon as nobody takes any more.</summary>
    CancellationToken Token { get; }

    /// <summary>The item in hand has failed, and that ends the run when its turn comes.</summary>
    void Failed(FailedItem failure);

    /// <summary>An item is left out, by its block's policy. True: the policy hears of it when what comes before the item has gone on. False: all of that
    /// has.</summary>
    bool TryPutOff(FailedItem item);

    /// <summary>A block could not be made ready: it was not about an item.</summary>
    void Broke(BlockRun block, Exception error);

    /// <summary>Code was called that has not returned: the worker does nothing else until it has.</summary>
    void Await(ISectionCall call);

    /// <summary>An item is on its way out, and its block is full until that is done.</summary>
    void LetterWaits();

    /// <summary>It is done. Any thread.</summary>
    void LetterIsTold();

    /// <summary>What one block of this worker's copy owns, to be disposed when the worker ends.</summary>
    WorkerScope ScopeOf(BlockRun block);
}

/// <summary>Code that a block of a section has called, in the hands of the section's worker.</summary>
internal interface ISectionCall
{
    /// <summary>Whose code it is.</summary>
    BlockRun Block { get; }

    bool IsCompleted { get; }

    /// <summary>Whether it has not returned. It calls <paramref name="continuation"/>, once, when it does.</summary>
    bool IsStillPending(Action continuation, bool isDirect);
}
