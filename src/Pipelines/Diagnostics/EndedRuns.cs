namespace Pipelines;

/// <summary>The runs that ended last, for a page to show: what failed at night is looked for in the morning.</summary>
/// <remarks>Nobody keeps anything until a page is there. Numbers, names and the texts of exceptions: an item that a run failed on is not kept, its text is if
/// items are to be shown.</remarks>
internal static class EndedRuns
{
    private const int Most = 32;

    private static readonly Lock s_gate = new();
    private static readonly Queue<EndedRun> s_runs = new();
    private static volatile bool s_isKept;

    /// <summary>From here on they are kept, for as long as the process lives.</summary>
    public static void Keep() => s_isKept = true;

    /// <summary>A run has ended, and is still among the live ones.</summary>
    public static void Note(PipelineRun run)
    {
        if (!s_isKept)
        {
            return;
        }

        PipelineReport report = run.Snapshot();
        var ended = new EndedRun(run.Place!.Number, report.WithoutFailures(), run.MaxInFlight, PageFailures.Of(report));
        lock (s_gate)
        {
            if (s_runs.Count == Most)
            {
                s_runs.Dequeue();
            }

            s_runs.Enqueue(ended);
        }
    }

    /// <summary>The last ones, the oldest first.</summary>
    public static EndedRun[] List()
    {
        lock (s_gate)
        {
            return [.. s_runs];
        }
    }
}
