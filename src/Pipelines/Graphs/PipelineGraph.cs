namespace Pipelines;

/// <summary>The shape of a pipeline: what runs concurrently, what is fused, and how many items can be in flight. Known before a run.</summary>
/// <remarks>It is read off the very plan that a run executes.</remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class PipelineGraph
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
    /// and one at work in each island. Null when a link is unbounded, or a block holds as many as it likes: a <c>Transform</c>, a <c>Through</c> over a
    /// Dataflow block, a batch by weight. What the code of a <c>Produce</c> or <c>Consume</c>, a sequence or a step of <c>Fuse</c> keeps is its own.
    /// </summary>
    public required long? MaxInFlight { get; init; }

    /// <summary>The graph as a Mermaid flowchart.</summary>
    /// <returns>Mermaid source, without a line end behind the last line.</returns>
    public string ToMermaid() => Mermaid.Draw(this);

    /// <summary>
    /// The graph as a Mermaid flowchart with what a run has done: each block's rate and state, in words and as a colour from blue for idle through red for
    /// busy to black for blocked, what waits on the links while it runs, and the bottleneck.
    /// </summary>
    /// <param name="report">Of a run of the same pipeline. What it does not have is drawn bare.</param>
    /// <returns>Mermaid source, without a line end behind the last line.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="report"/> is null.</exception>
    public string ToMermaid(PipelineReport report) => Mermaid.Draw(this, new GraphOverlay(Require.NotNull(report)));

    /// <summary>The graph in Graphviz' DOT language.</summary>
    /// <returns>DOT source, without a line end behind the last line.</returns>
    public string ToDot() => Dot.Draw(this);

    /// <summary>The graph in Graphviz' DOT language with what a run has done, as <see cref="ToMermaid(PipelineReport)"/>.</summary>
    /// <param name="report">Of a run of the same pipeline. What it does not have is drawn bare.</param>
    /// <returns>DOT source, without a line end behind the last line.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="report"/> is null.</exception>
    public string ToDot(PipelineReport report) => Dot.Draw(this, new GraphOverlay(Require.NotNull(report)));

    /// <summary>How much there is of it, in a line.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DebuggerDisplay;

    private string DebuggerDisplay => DebugText.Of(this);
}
