using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>What a run has done so far, or did: one row a block.</summary>
/// <remarks>
/// Numbers and names: nothing of the run is reachable from it, and whoever keeps a report keeps neither items nor delegates. Failures are the exception: they
/// hold the item and what was thrown.
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
[DebuggerTypeProxy(typeof(ReportDebugView))]
public sealed class PipelineReport
{
    // By the exception that a run failed with, or by the task of a cancelled one, whose every await makes an exception of its own.
    private static readonly ConditionalWeakTable<object, PipelineReport> s_ofThrown = [];

    private readonly RunFigures _figures;
    private IReadOnlyList<BlockReport>? _blocks;
    private IReadOnlyList<LinkReport>? _links;

    /// <summary>Makes an empty report, to be filled in.</summary>
    public PipelineReport()
    {
    }

    [SetsRequiredMembers]
    internal PipelineReport(
        string? name, RunOutcome outcome, TimeSpan elapsed, RunFigures figures, BlockFailure? failure, BlockFailure[] laterFailures, string[] heldUpBy)
    {
        Name = name;
        Outcome = outcome;
        Elapsed = elapsed;
        Failure = failure;
        LaterFailures = laterFailures;
        HeldUpBy = heldUpBy;
        _figures = figures;
        Blocks = null!; // until somebody reads them
    }

    /// <summary>The pipeline's name, from <see cref="PipelineOptions.Name"/>.</summary>
    public string? Name { get; init; }

    /// <summary>How the run stands or ended.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Time since the start, up to the end if it has ended.</summary>
    public required TimeSpan Elapsed { get; init; }

    // The rows are made out of the figures when somebody reads them: most runs are not asked.

    /// <summary>The blocks, from upstream to downstream.</summary>
    public required IReadOnlyList<BlockReport> Blocks
    {
        get => Volatile.Read(ref _blocks) ?? Interlocked.CompareExchange(ref _blocks, _figures.IsEmpty ? [] : _figures.Blocks(), null) ?? _blocks;
        init => _blocks = value;
    }

    /// <summary>The connections between blocks that run concurrently, with what waits on them.</summary>
    public IReadOnlyList<LinkReport> Links
    {
        get => Volatile.Read(ref _links) ?? Interlocked.CompareExchange(ref _links, _figures.IsEmpty ? [] : _figures.Links(), null) ?? _links;
        init => _links = value;
    }

    /// <summary>Where and on what the run failed; null if it did not.</summary>
    public BlockFailure? Failure { get; init; }

    /// <summary>Failures that came after the first, while the run was ending.</summary>
    public IReadOnlyList<BlockFailure> LaterFailures { get; init; } = [];

    /// <summary>
    /// What holds up the end of a run that is stopping or aborting: the blocks whose code was told to end and has not returned. A run ends when all of it has:
    /// nothing can make code return that neither looks at its token nor comes to an end.
    /// </summary>
    public IReadOnlyList<string> HeldUpBy { get; init; } = [];

    /// <summary>What items were left out for, by their blocks' policies: the same exceptions of the same block together.</summary>
    internal ErrorGroup[] Errors { get; init; } = [];

    /// <summary>The connections that are plain calls, by the places of their blocks.</summary>
    internal IEnumerable<(int From, int To)> Fusions => _figures.IsEmpty ? InOneLoop() : _figures.Fusions();

    /// <summary>All items that were in flight and did not get through, over all blocks.</summary>
    public long Undelivered => _figures.IsEmpty ? Blocks.Sum(block => block.Undelivered) : _figures.Undelivered;

    /// <summary>
    /// One sentence that says what the rest waits for: <c>Bottleneck: EnrichAsync (4/4 workers busy 97 %); ReadLines waits for it 61 % of the time.</c>
    /// Blocks that run as one loop are named together. Shares are of the elapsed time, all workers together. Null while no time was spent, and where
    /// everything waits
    /// for a producer that keeps its own time.
    /// </summary>
    public string? Bottleneck => BottleneckSentence.Of(this);

    /// <summary>The report of a run that ended in an exception: of the <c>RunAsync</c>, or another member that runs a pipeline, which threw it.</summary>
    /// <remarks>
    /// It is found by the exception object itself, as it was thrown, or by an <see cref="AggregateException"/> around it, which waiting without <c>await</c>
    /// makes. An exception object that several
    /// runs have thrown, be it that user code throws one and the same again or that one pipeline runs inside another, gives the report of the run that threw
    /// it last.
    /// </remarks>
    /// <param name="exception">What was caught.</param>
    /// <returns>The report; null if no run has thrown it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exception"/> is null.</exception>
    public static PipelineReport? Of(Exception exception)
    {
        Require.NotNull(exception);
        if (s_ofThrown.TryGetValue(exception, out PipelineReport? report)
            || (exception is TaskCanceledException { Task: { } task } && s_ofThrown.TryGetValue(task, out report)))
        {
            return report;
        }

        return exception is AggregateException { InnerExceptions: { Count: > 0 } inner } ? inner.Select(Of).FirstOrDefault(found => found is not null) : null;
    }

    /// <summary>Keeps a report for as long as somebody keeps what was thrown.</summary>
    internal static void Remember(object thrown, PipelineReport report) => s_ofThrown.AddOrUpdate(thrown, report);

    /// <summary>The report as a table to read, with the <see cref="Bottleneck"/> below.</summary>
    /// <returns>Several lines, without a line end behind the last.</returns>
    public override string ToString() => ReportTable.Format(this);

    /// <summary>
    /// The report as one page of HTML that needs no network and nothing beside it: the graph with what each block did, the bottleneck, all figures, the
    /// failures with their stacks, and what was recorded over time. It is what one attaches to a ticket.
    /// </summary>
    /// <remarks>
    /// <para>It holds names, figures and the text of exceptions, and never an item. Where scripts are not executed, as in the preview of a mail, it shows the
    /// report as text.</para>
    /// <para><b>Cost:</b> about 100 KB, and some bytes a block and sample.</para>
    /// </remarks>
    /// <param name="timeline">What was recorded of the same run; null for the figures alone.</param>
    /// <returns>The page.</returns>
    public string ToHtml(PipelineTimeline? timeline = null) => HtmlReport.Of(this, timeline, maxInFlight: null);

    /// <summary>It without its failures, which hold items.</summary>
    internal PipelineReport WithoutFailures() => new(Name, Outcome, Elapsed, _figures, null, [], [.. HeldUpBy]) { Errors = Errors };

    // Of a report that was put together by hand: the blocks of a loop are taken to call each other in turn.
    private IEnumerable<(int From, int To)> InOneLoop()
    {
        Dictionary<int, int> last = [];
        for (int i = 0; i < Blocks.Count; i++)
        {
            if (Blocks[i].Island is > 0 and var island)
            {
                if (last.TryGetValue(island, out int before))
                {
                    yield return (before, i);
                }

                last[island] = i;
            }
        }
    }

    private string DebuggerDisplay => ReportTable.Headline(this);
}
