using System.Diagnostics.Metrics;

namespace Pipelines;

/// <summary>The meter and its instruments. All but the histogram are read off the live runs when a listener asks.</summary>
internal static class PipelineMeter
{
    private const string Pipeline = "pipeline";
    private const string Block = "block";

    private static readonly Meter s_meter = new(PipelineDiagnostics.MeterName, PipelineDiagnostics.Version);

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "pipelines.run.duration",
        "s",
        "How long runs took, by how they ended.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36000] });

    private static readonly Instrument[] s_observable =
    [
        s_meter.CreateObservableUpDownCounter("pipelines.active_runs", ActiveRuns, "{run}", "Runs that go on."),
        s_meter.CreateObservableCounter("pipelines.block.items", Items, "{item}", "Items by what became of them in the block."),
        s_meter.CreateObservableCounter("pipelines.block.time", Times, "s", "The block's time by what it was doing, all workers together."),
        s_meter.CreateObservableUpDownCounter("pipelines.block.in_flight", InFlight, "{item}", "Items that wait in front of the block or are in its hands."),
        s_meter.CreateObservableUpDownCounter(
            "pipelines.block.parallelism", Parallelisms, "{worker}", "How many items the block may work on at once, at this moment."),
        s_meter.CreateObservableUpDownCounter("pipelines.link.usage", LinkUsage, "{item}", "Items that wait on the link."),
        s_meter.CreateObservableUpDownCounter("pipelines.link.limit", LinkLimits, "{item}", "How many items may wait on the link."),
    ];

    public static void RunHasStarted(PipelineRun run)
    {
        GC.KeepAlive(s_meter); // makes the instruments: a listener must find them before the first run has ended
        run.Place = LiveRuns.Join(run);
    }

    public static void RunHasEnded(PipelineRun run, BlockFailure? failure)
    {
        EndedRuns.Note(run); // before it leaves: whoever looks for a run finds it among the live or among the ended ones
        bool isRead = Array.Exists(s_observable, instrument => instrument.Enabled);
        LiveRuns.Leave(run.Place!, run.MetricName, isRead ? run.TotalsIn(LiveRuns.TotalsOf(run.Place!)) : null);
        if (s_duration.Enabled)
        {
            PipelineReport report = run.Snapshot();
            var tags = new TagList { { Pipeline, run.MetricName }, { "outcome", report.Outcome.ToString().ToLowerInvariant() } };
            if (failure is not null)
            {
                tags.Add("error.type", failure.Exception.GetType().FullName);
            }

            Record(report.Elapsed.TotalSeconds, tags);
        }
    }

    private static void Record(double seconds, in TagList tags)
    {
        try
        {
            s_duration.Record(seconds, tags);
        }
        catch (Exception error)
        {
            // A listener's own callback, in the middle of the run's last step: whoever watches a run must not change how it ends.
            Trace.TraceError($"A listener to {PipelineDiagnostics.MeterName} has failed: {error}");
        }
    }

    private static IEnumerable<Measurement<long>> ActiveRuns() =>
        LiveRuns.Read(out _).CountBy(live => live.Run.MetricName).Select(count => new Measurement<long>(count.Value, Tag(Pipeline, count.Key)));

    private static IEnumerable<Measurement<long>> Items() => Totals()
        .Where(series => series.Key.Total <= Total.Undelivered)
        .Select(series => new Measurement<long>(series.Value, Tags(series.Key, "outcome")));

    private static IEnumerable<Measurement<double>> Times() => Totals()
        .Where(series => series.Key.Total > Total.Undelivered)
        .Select(series => new Measurement<double>(TimeSpan.FromTicks(series.Value).TotalSeconds, Tags(series.Key, "state")));

    private static IEnumerable<Measurement<long>> InFlight() => Sum(run => run.InFlight());

    private static IEnumerable<Measurement<long>> Parallelisms() => Sum(run => run.Figures().Blocks()
        .Where(block => block.HasWorkers)
        .Select(block => (block.Name, (string?)null, (long)block.Parallelism)));

    private static IEnumerable<Measurement<long>> LinkUsage() => Sum(run => run.Figures().Links().Select(link => (link.To, (string?)link.From, link.Waiting)));

    private static IEnumerable<Measurement<long>> LinkLimits() => Sum(run => run.Figures().Links()
        .Where(link => link.Capacity is not null)
        .Select(link => (link.To, (string?)link.From, link.Capacity!.Value)));

    private static Dictionary<Series, long> Totals()
    {
        List<(PipelineRun Run, RunTotals Totals)> runs = LiveRuns.Read(out Dictionary<Series, long> totals);
        foreach ((PipelineRun run, RunTotals reached) in runs)
        {
            foreach ((Series series, long value) in run.TotalsIn(reached))
            {
                totals[series] = totals.GetValueOrDefault(series) + value;
            }
        }

        return totals;
    }

    private static IEnumerable<Measurement<long>> Sum(Func<PipelineRun, IEnumerable<(string Block, string? From, long Value)>> values)
    {
        Dictionary<(string Pipeline, string Block, string? From), long> sums = [];
        foreach ((PipelineRun run, _) in LiveRuns.Read(out _))
        {
            foreach ((string block, string? from, long value) in values(run))
            {
                var key = (run.MetricName, block, from);
                sums[key] = sums.GetValueOrDefault(key) + value;
            }
        }

        return sums.Select(sum => sum.Key.From is { } from
            ? new Measurement<long>(sum.Value, Tag(Pipeline, sum.Key.Pipeline), Tag(Block, sum.Key.Block), Tag("from", from))
            : new Measurement<long>(sum.Value, Tag(Pipeline, sum.Key.Pipeline), Tag(Block, sum.Key.Block)));
    }

    private static KeyValuePair<string, object?>[] Tags(Series series, string kind) =>
        [Tag(Pipeline, series.Pipeline), Tag(Block, series.Block), Tag(kind, series.Total.ToString().ToLowerInvariant())];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
