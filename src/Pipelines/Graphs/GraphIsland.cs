namespace Pipelines;

/// <summary>A run of blocks that execute as one loop, concurrently with the other islands.</summary>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed record GraphIsland
{
    /// <summary>The names of its blocks, from upstream to downstream.</summary>
    public required IReadOnlyList<string> Blocks { get; init; }

    private string DebuggerDisplay => string.Join(", ", Blocks);
}
