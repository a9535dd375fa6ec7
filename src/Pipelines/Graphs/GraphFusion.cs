namespace Pipelines;

/// <summary>A connection without a channel: the first block calls the second, in one loop.</summary>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class GraphFusion
{
    /// <summary>The name of the block that calls.</summary>
    public required string From { get; init; }

    /// <summary>The name of the block that is called.</summary>
    public required string To { get; init; }

    /// <summary>It in a line.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DebuggerDisplay;

    private string DebuggerDisplay => $"{From} -> {To}";
}
