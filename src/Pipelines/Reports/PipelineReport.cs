namespace Pipelines;

/// <summary>What a run has done so far, or did: one row a block.</summary>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
[DebuggerTypeProxy(typeof(ReportDebugView))]
public sealed record PipelineReport
{
    /// <summary>The pipeline's name, from <see cref="PipelineOptions.Name"/>.</summary>
    public string? Name { get; init; }

    /// <summary>How the run stands or ended.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Time since the start, up to the end if it has ended.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The blocks, from upstream to downstream.</summary>
    public required IReadOnlyList<BlockReport> Blocks { get; init; }

    /// <summary>The connections between blocks that run concurrently, with what waits on them.</summary>
    public IReadOnlyList<LinkReport> Links { get; init; } = [];

    /// <summary>Where and on what the run failed; null if it did not.</summary>
    public BlockFailure? Failure { get; init; }

    /// <summary>Failures that came after the first, while the run was ending.</summary>
    public IReadOnlyList<BlockFailure> LaterFailures { get; init; } = [];

    /// <summary>
    /// What holds up the end of a run that is stopping or aborting: the blocks whose code was told to end and has not returned. A run ends when all of it has:
    /// nothing can make code return that neither looks at its token nor comes to an end.
    /// </summary>
    public IReadOnlyList<string> HeldUpBy { get; init; } = [];

    /// <summary>All items that were in flight and did not get through, over all blocks.</summary>
    public long Undelivered => Blocks.Sum(block => block.Undelivered);

    /// <summary>
    /// One sentence that says what the rest waits for: <c>Bottleneck: EnrichAsync (4/4 workers busy 97 %); ReadLines waits for it 61 % of the time.</c>
    /// Blocks that run as one loop are named together. Shares are of the elapsed time, all workers together. Null while no time was spent.
    /// </summary>
    public string? Bottleneck => BottleneckSentence.Of(this);

    /// <summary>The report as a table to read, with the <see cref="Bottleneck"/> below.</summary>
    /// <returns>Several lines, without a line end behind the last.</returns>
    public override string ToString() => ReportTable.Format(this);

    private string DebuggerDisplay => ReportTable.Headline(this);
}
