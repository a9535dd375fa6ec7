namespace Pipelines;

/// <summary>One block of a drawn pipeline.</summary>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class GraphBlock
{
    /// <summary>The block's name, unique in its pipeline.</summary>
    public required string Name { get; init; }

    /// <summary>Producer, transform or consumer.</summary>
    public required BlockKind Kind { get; init; }

    /// <summary>How many items the block may work on at once; of an <see cref="AdaptiveParallelism"/> its maximum.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Whether its output order is its input order.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>It in a line.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DebuggerDisplay;

    private string DebuggerDisplay => DebugText.Of(this);
}
