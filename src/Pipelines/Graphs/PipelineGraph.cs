namespace Pipelines;

/// <summary>The shape of a pipeline: what runs concurrently, what is fused, and how many items can be in flight. Known before a run.</summary>
/// <remarks>It is read off the very plan that a run executes.</remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed record PipelineGraph
{
    /// <summary>The blocks, from upstream to downstream.</summary>
    public required IReadOnlyList<GraphBlock> Blocks { get; init; }

    /// <summary>The bounded channels between blocks.</summary>
    public required IReadOnlyList<GraphLink> Links { get; init; }

    /// <summary>The connections that are plain calls.</summary>
    public required IReadOnlyList<GraphFusion> Fusions { get; init; }

    /// <summary>The loops that run concurrently.</summary>
    public required IReadOnlyList<GraphIsland> Islands { get; init; }

    /// <summary>
    /// The greatest number of items that can be in flight at once: those that wait on links, those that blocks hold (a batch, a window),
    /// and one at work in each island. Null when a link is unbounded. What the code of a <c>Produce</c>, <c>Transform</c> or <c>Consume</c> keeps is its own.
    /// </summary>
    public required long? MaxInFlight { get; init; }

    /// <summary>The graph as a Mermaid flowchart.</summary>
    /// <returns>Mermaid source, without a line end behind the last line.</returns>
    public string ToMermaid() => Mermaid.Draw(this);

    /// <summary>The graph in Graphviz' DOT language.</summary>
    /// <returns>DOT source, without a line end behind the last line.</returns>
    public string ToDot() => Dot.Draw(this);

    private string DebuggerDisplay => DebugText.Of(this);
}
