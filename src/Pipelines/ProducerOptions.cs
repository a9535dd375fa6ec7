namespace Pipelines;

/// <summary>Settings of one producer block.</summary>
/// <remarks>A setting that means nothing for a producer is refused where it is made, by an <see cref="ArgumentException"/> that says which and what to do
/// instead.</remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed record ProducerOptions
{
    /// <summary>The block's name in reports, graphs and failures.</summary>
    /// <value>Default: the expression that the block was given.</value>
    public string? Name { get; init; }

    /// <summary>How many items may wait behind a producer that writes or is pushed to: code, an observable, a Dataflow block.</summary>
    /// <value>Items; default <see cref="PipelineOptions.Capacity"/>. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Capacity { get; init => field = value is { } capacity ? Require.Capacity(capacity, nameof(Capacity)) : null; }

    /// <summary>What happens to an item that an observable pushes and for which there is no room.</summary>
    /// <value>Default <see cref="ObservableOverflow.Fail"/>: the run fails.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the named ones.</exception>
    public ObservableOverflow WhenFull
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(WhenFull), value, "It must be one of the named values.");
    }

    private string DebuggerDisplay => DebugText.Of(this);
}
