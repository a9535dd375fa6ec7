namespace Pipelines;

/// <summary>A bounded channel between two blocks that run concurrently.</summary>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class GraphLink
{
    /// <summary>The name of the block that writes to it.</summary>
    public required string From { get; init; }

    /// <summary>The name of the block that reads from it.</summary>
    public required string To { get; init; }

    /// <summary>The greatest number of items that wait on it; null if the user asked for an unbounded one.</summary>
    public required long? Capacity { get; init; }

    /// <summary>It in a line.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DebuggerDisplay;

    private string DebuggerDisplay => $"{From} -> {To}  capacity={DebugText.Capacity(Capacity)}";
}
