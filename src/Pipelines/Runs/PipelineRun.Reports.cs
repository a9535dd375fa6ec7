using Pipelines.Execution;

namespace Pipelines;

// The part of a run that reports on it.
public sealed partial class PipelineRun
{
    private ErrorBook? _errors;
    private volatile bool _hasEnded; // tells whether the moment it ended is one: any moment of a clock may be 0

    /// <summary>The counts at this moment. While the run goes on they are read one after the other, so they may differ by what moved meanwhile.</summary>
    /// <returns>A report that does not change any more.</returns>
    public PipelineReport Snapshot() => new(
        Options.Name,
        _outcome,
        Edge.Elapsed((_hasEnded ? _ended : Edge.Timestamp()) - _started),
        Figures(),
        Failure,
        LaterFailures(),
        HeldUpBy.Of(this))
    {
        Errors = _errors?.Read() ?? [],
    };

    /// <summary>What items were left out for, by their blocks' policies. Made when the first one is.</summary>
    internal ErrorBook Errors => Volatile.Read(ref _errors) ?? Interlocked.CompareExchange(ref _errors, new(), null) ?? _errors;

    /// <summary>
    /// Writes the report as of now to a file: one page of HTML that needs nothing else, to be opened in a browser or attached to a ticket. See <see
    /// cref="PipelineReport.ToHtml"/>.
    /// </summary>
    /// <param name="path">Where to. A file that is there is replaced.</param>
    /// <param name="timeline">What was recorded of the run, to be drawn over time; null for the figures alone.</param>
    /// <param name="cancellationToken">Ends the writing, and not the run. A part of the file may be there then.</param>
    /// <returns>A task that ends when the file is written.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public Task SaveReportAsync(string path, PipelineTimeline? timeline = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.WriteAllTextAsync(path, HtmlReport.Of(Snapshot(), timeline, MaxInFlight, Edge.UtcNow()), cancellationToken);
    }

    /// <summary>The most items that can be in flight; null if there is no bound.</summary>
    internal long? MaxInFlight => Plan.Topology.MaxInFlight(Plan);

    /// <summary>What has been counted, up to now or to the run's end.</summary>
    internal RunFigures Figures() => RunFigures.Read(Plan, _hasEnded ? _ended - _started + 1 : Now);

    internal string NameOf(BlockRun block)
    {
        Topology topology = Plan.Topology; // which tells the blocks their places
        return topology.Names[block.Original.Index];
    }
}
