using Pipelines;

namespace Demos;

/// <summary>A run as a page to keep: what it did, and how that went over time.</summary>
internal static class ReportFile
{
    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(100);

    /// <summary>Why a report cannot be written there; null if it can.</summary>
    public static string? WhyNot(FileInfo file)
    {
        try
        {
            file.Create().Dispose(); // now, and not when the work is done
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"The report cannot be written to '{file.FullName}': {error.Message}";
        }
    }

    /// <summary>Looks at a run until it has ended, and writes what it has seen.</summary>
    public static async Task RecordAsync(PipelineRun run, FileInfo file, TimeProvider time)
    {
        var timeline = new PipelineTimeline();
        using var timer = new PeriodicTimer(s_every, time);
        while (await Task.WhenAny(run.Completion, timer.WaitForNextTickAsync().AsTask()) != run.Completion)
        {
            timeline.Add(run.Snapshot());
        }

        timeline.Add(run.Snapshot());
        await run.SaveReportAsync(file.FullName, timeline);
    }
}
