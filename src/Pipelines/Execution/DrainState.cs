namespace Pipelines.Execution;

/// <summary>What only the worker of a pool that has the baton writes, a cache line away from what all workers read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct DrainState
{
    /// <summary>The first place that was not passed on. Others read it, to see how much room there is.</summary>
    [FieldOffset(64)]
    public long Head;

    /// <summary>Of the run that stands at the head, how many results were pushed.</summary>
    [FieldOffset(72)]
    public int EmittedOfRun;

    /// <summary>Whether the chain takes another.</summary>
    [FieldOffset(76)]
    public bool IsChainReady;

    /// <summary>A failed item stands at the head.</summary>
    [FieldOffset(77)]
    public bool IsFailureAtHead;
}
