namespace Pipelines;

/// <summary>An item that went in and will not come out, as <see cref="PipelineOptions.OnUndelivered"/> gets it.</summary>
[DebuggerDisplay("{Block,nq}: {Item} ({Reason})")]
public sealed class UndeliveredItem
{
    internal UndeliveredItem(object? item, string block, UndeliveredReason reason, bool isShared) =>
        (Item, Block, Reason, IsShared) = (item, block, reason, isShared);

    /// <summary>The item, as the block counts it: of a block that takes batches, a batch.</summary>
    public object? Item { get; }

    /// <summary>The name of the block that had it, or that it waited for.</summary>
    public string Block { get; }

    /// <summary>Why it goes no further.</summary>
    public UndeliveredReason Reason { get; internal set; }

    /// <summary>
    /// Whether it may be in other hands too: upstream of the block stands one that gives an item to several (<c>Tee</c>, overlapping windows). Such an item is
    /// never disposed by a run.
    /// </summary>
    public bool IsShared { get; }

    /// <summary>How many arrays and tuples of our blocks' making, one in the other, are around what is the user's.</summary>
    internal int Depth { get; init; }
}

/// <summary>Why an item goes no further.</summary>
public enum UndeliveredReason
{
    /// <summary>A buffer was full and drops.</summary>
    Dropped,

    /// <summary>Nobody downstream takes any more: a <c>Take</c> has had enough, a branch has ended.</summary>
    NotWanted,

    /// <summary>The run was stopped and its time was up, or it was aborted.</summary>
    Aborted,

    /// <summary>The run's token was cancelled.</summary>
    Cancelled,

    /// <summary>The run has failed.</summary>
    Failed,

    /// <summary>It came when its item had failed already: a result behind its time limit.</summary>
    TooLate,
}
