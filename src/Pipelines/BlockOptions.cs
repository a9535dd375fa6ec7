namespace Pipelines;

/// <summary>Settings of one block. Every default is meant to be right for most blocks.</summary>
/// <remarks>A setting that means nothing for a block is refused where the block is added, by an <see cref="ArgumentException"/> that says which and what to do
/// instead.</remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed record BlockOptions
{
    internal static readonly BlockOptions Default = new();

    /// <summary>The block's name in reports, graphs and failures.</summary>
    /// <value>Default: the expression that the block was given.</value>
    public string? Name { get; init; }

    /// <summary>How many items the block works on at once.</summary>
    /// <value>Default 1. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Parallelism { get; init => field = Require.Parallelism(value, nameof(Parallelism)); } = 1;

    /// <summary>Has the block find out while it runs how many items it should work on at once, instead of a <see cref="Parallelism"/>, which must be left
    /// at 1 then.</summary>
    /// <value>Default null: it works on as many as <see cref="Parallelism"/> says.</value>
    /// <exception cref="ArgumentOutOfRangeException">Its maximum is below its minimum.</exception>
    public AdaptiveParallelism? AdaptiveParallelism
    {
        get;
        init => field = value is null || value.Maximum >= value.Minimum
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(AdaptiveParallelism), value, $"The maximum, {value.Maximum}, must not be below the minimum, {value.Minimum}.");
    }

    /// <summary>Whether output order is input order.</summary>
    /// <value>Default true. False emits each result as soon as it is there. Without a <see cref="Parallelism"/> above 1, or an
    /// <see cref="AdaptiveParallelism"/>, there is nothing to overtake, and order is kept.</value>
    public bool Ordered { get; init; } = true;

    /// <summary>How long an asynchronous block may take for one item. Its delegate's token is cancelled then, and the item fails with
    /// <see cref="TimeoutException"/>.</summary>
    /// <value>Default none. Above zero. Measured by <see cref="PipelineOptions.TimeProvider"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan? Timeout
    {
        get;
        init => field = value is null || value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Timeout), value, "A time limit must be above zero; null means none.");
    }

    /// <summary>What the block does when its delegate throws on an item, or an item exceeds the <see cref="Timeout"/>.</summary>
    /// <value>Default null: what <see cref="PipelineOptions.OnError"/> of the run says.</value>
    public ErrorPolicy? OnError { get; init; }

    /// <summary>How many items may wait in front of the block, unless it is a dropping buffer in front of it that says so; for a parallel block also how far
    /// results may run ahead of the slowest item, which is 16,777,216 items where there is no bound.</summary>
    /// <value>Items; default <see cref="PipelineOptions.Capacity"/>, or the greatest parallelism if that is more. At least 1. One that is below the
    /// parallelism bounds that too.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Capacity { get; init => field = value is { } capacity ? Require.Capacity(capacity, nameof(Capacity)) : null; }

    /// <summary>Who works on the block's items.</summary>
    /// <value>Default <see cref="BlockWorkers.Threads"/>. For <c>Select</c>, <c>SelectAsync</c>, <c>Consume</c> and <c>Transform</c>; other blocks refuse
    /// anything else.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public BlockWorkers Workers { get; init => field = Require.NotNull(value, nameof(Workers)); } = BlockWorkers.Threads;

    /// <summary>Which threads the workers of the block execute on. With threads of its own a block is a boundary also when it has one worker.</summary>
    /// <value>Default <see cref="WorkerThreads.Shared"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the two.</exception>
    public WorkerThreads Threads
    {
        get;
        init => field = value is WorkerThreads.Shared or WorkerThreads.Dedicated
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Threads), value, "Workers execute on shared or on dedicated threads.");
    }

    /// <summary>Whether workers of its own execute the block, and not the loop of its neighbours.</summary>
    internal bool HasWorkers => Parallelism > 1 || AdaptiveParallelism is not null || Threads == WorkerThreads.Dedicated;

    /// <summary>How many items it works on at once when it begins.</summary>
    internal int FirstWorkers => AdaptiveParallelism?.Minimum ?? Parallelism;

    /// <summary>How many items it works on at once at most, if nobody sets more by hand.</summary>
    internal int MostWorkers => AdaptiveParallelism?.Maximum ?? Parallelism;

    private string DebuggerDisplay => DebugText.Of(this);
}
