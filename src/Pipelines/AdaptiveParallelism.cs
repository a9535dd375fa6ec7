namespace Pipelines;

/// <summary>Lets a block find out while it runs how many items it should work on at once: as many as make it faster, and no more than that.</summary>
/// <remarks>
/// <para>It begins with <see cref="Minimum"/> and doubles that while the items go through as fast as before. When they take longer it looks what came of it,
/// in items a second: what brings nothing is taken back at once, to what the items that get through need by the best time (Little's law), and from there it
/// goes up by one, and back when the time has grown again. If it turns out that fewer at once are as much slower, then the items have become slow and not the
/// queue long, and it goes up again. Items that fail more often the more are at work, as at a server that answers 503, count as too many too.</para>
/// <para>The time of an item is that of the delegate, by <see cref="PipelineOptions.TimeProvider"/>. With little input, or little room behind the block, it
/// does not change. The current value is <see cref="BlockReport.Parallelism"/>, and the metric <c>pipelines.block.parallelism</c>. A worker that is one too
/// many lies down when it is done with what it has in hand, and keeps its resource, if it has one, until the block ends.</para>
/// <para>A value that is set by hand (<see cref="PipelineRun.SetParallelism"/>) stays: from then on the block does not look for one.</para>
/// <para><b>Cost:</b> two looks at the clock and a short lock an item that is awaited, or a run of items that are done at once.</para>
/// <para>After the limits of Netflix's concurrency-limits (Vegas: the queue is what is at work beyond the best time; Gradient2: a tolerance for what varies
/// anyway, https://github.com/Netflix/concurrency-limits) and Vector's adaptive request concurrency (additive increase, multiplicative decrease, rounds of
/// as many items as are at work, https://vector.dev/blog/adaptive-request-concurrency/).</para>
/// </remarks>
[DebuggerDisplay("{Minimum} to {Maximum}")]
public sealed record AdaptiveParallelism
{
    /// <summary>The fewest items at once. It begins with that many.</summary>
    /// <value>Default 1. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Minimum { get; init => field = Require.Parallelism(value, nameof(Minimum)); } = 1;

    /// <summary>The most items at once.</summary>
    /// <value>Default 64. At least 1, and not below <see cref="Minimum"/>, which is checked where it becomes
    /// <see cref="BlockOptions.AdaptiveParallelism"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Maximum { get; init => field = Require.Parallelism(value, nameof(Maximum)); } = 64;
}
