namespace Pipelines;

/// <summary>Puts reports into the page's words: the graph once, a sample whenever there is a newer report.</summary>
internal static class PageSampler
{
    /// <summary>The state of a run whose producers hold still: that everything waits for them says nothing.</summary>
    public const string Paused = "paused";

    /// <summary>What the numbers of a block mean, in this order. The page's script has the same list.</summary>
    public static readonly string[] Columns =
        ["in", "out", "filtered", "failed", "dropped", "undelivered", "busy", "starved", "blocked", "unthreaded", "parallelism"];

    public static PageGraph GraphOf(PipelineReport report, long? maxInFlight)
    {
        Dictionary<string, int> places = PlacesOf(report);
        return new(
            SafeText.OnOneLine(report.Name ?? PipelineDiagnostics.Unnamed),
            maxInFlight,
            [.. report.Blocks.Select(BlockOf)],
            [.. report.Links.Where(link => places.ContainsKey(link.From) && places.ContainsKey(link.To))
                .Select(link => new PageLink(places[link.From], places[link.To], link.Capacity))],
            [.. report.Fusions.Select(fusion => new[] { fusion.From, fusion.To })]);
    }

    /// <summary>A run at the moment of its report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="since">An earlier one, to name the bottleneck of the time from there; null to name that of the whole run.</param>
    /// <param name="state">How it stands, if that is more than its outcome.</param>
    public static PageSample SampleOf(PipelineReport report, PipelineReport? since = null, string? state = null)
    {
        PipelineReport judged = since is null ? report : ReportDelta.Between(since, report);
        IReadOnlyList<BlockReport> bottleneck = state == Paused ? [] : BottleneckSentence.BlocksOf(judged);
        Dictionary<string, int> places = PlacesOf(report);
        return new(
            state ?? StateOf(report.Outcome),
            Micros(report.Elapsed),
            [.. report.Blocks.Select(NumbersOf)],
            [.. report.Links.Select(link => link.Waiting)],
            bottleneck.Count == 0 ? null : judged.Bottleneck,
            [.. bottleneck.Select(block => places[block.Name])],
            Micros(judged.Elapsed),
            [.. report.HeldUpBy.Select(name => SafeText.OnOneLine(name))],
            [.. report.Blocks.Index().SelectMany(block => block.Item.Workers.Select(worker =>
                new PageWorker(block.Index, worker.Id, worker.Items, worker.Restarts, worker.Memory)))]);
    }

    public static PageHistory HistoryOf(PipelineTimeline timeline)
    {
        PipelineTimeline.Sample[] samples = timeline.Read();
        return new(
            [.. samples.Select(sample => Micros(sample.Elapsed))], [.. samples.Select(sample => sample.Out)], [.. samples.Select(sample => sample.Waiting)]);
    }

    public static string StateOf(RunOutcome outcome) => outcome.ToString().ToLowerInvariant();

    public static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static Dictionary<string, int> PlacesOf(PipelineReport report)
    {
        Dictionary<string, int> places = new(report.Blocks.Count, StringComparer.Ordinal);
        for (int i = 0; i < report.Blocks.Count; i++)
        {
            places.TryAdd(report.Blocks[i].Name, i);
        }

        return places;
    }

    private static PageBlock BlockOf(BlockReport block) => new(
        SafeText.OnOneLine(block.Name),
        block.Kind.ToString().ToLowerInvariant(),
        block.Parallelism,
        block.Ordered,
        block.Island,
        block.HasWorkers,
        block.CountsApart);

    private static long[] NumbersOf(BlockReport block) =>
    [
        block.In, block.Out, block.Filtered, block.Failed, block.Dropped, block.Undelivered,
        Micros(block.Busy), Micros(block.Starved), Micros(block.Blocked), Micros(block.Unthreaded), block.Parallelism,
    ];
}
