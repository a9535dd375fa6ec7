namespace Pipelines;

/// <summary>Which settings mean something for a block. Its name always does.</summary>
[Flags]
internal enum Means
{
    Name = 0,
    OnError = 1,
    Capacity = 2,
    Parallelism = 4,
    Timeout = 8,
    Threads = 16,

    /// <summary>Its work may be done elsewhere.</summary>
    Workers = 32,

    /// <summary>What an item takes says how much is at work elsewhere at the same time.</summary>
    Adaptive = 64,

    /// <summary>For several sequences at once: how long one takes says how long it is.</summary>
    Sequences = OnError | Capacity | Parallelism | Threads,

    /// <summary>For a synchronous delegate on each item by itself. The capacity too, although it has a link only with a parallelism: that may be a number which
    /// is 1 on a small machine.</summary>
    Pool = OnError | Capacity | Parallelism | Threads | Adaptive,

    /// <summary>For several blocks in parallel, each of which says for itself what becomes of its failed items.</summary>
    Section = Capacity | Parallelism | Threads | Adaptive,

    /// <summary>For an awaited delegate.</summary>
    All = Pool | Timeout,
}
