namespace Pipelines;

/// <summary>A connection between two blocks that run concurrently, in a run.</summary>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class LinkReport
{
    /// <summary>The name of the block that writes to it.</summary>
    public required string From { get; init; }

    /// <summary>The name of the block that reads from it.</summary>
    public required string To { get; init; }

    /// <summary>How many items wait on it.</summary>
    public long Waiting { get; init; }

    /// <summary>The greatest number of items that wait on it; null if the user asked for an unbounded one.</summary>
    public long? Capacity { get; init; }

    /// <summary>The row in a line.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DebuggerDisplay;

    private string DebuggerDisplay => DebugText.Of(this);
}
