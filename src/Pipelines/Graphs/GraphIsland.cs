namespace Pipelines;

/// <summary>A run of blocks that execute as one loop, concurrently with the other islands.</summary>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class GraphIsland
{
    /// <summary>The names of its blocks, from upstream to downstream.</summary>
    public required IReadOnlyList<string> Blocks { get; init; }

    /// <summary>It in a line.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DebuggerDisplay;

    private string DebuggerDisplay => string.Join(", ", Blocks);
}
