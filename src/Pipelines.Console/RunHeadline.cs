using System.Globalization;

namespace Pipelines.Console;

/// <summary>Which run it is and how it stands.</summary>
internal static class RunHeadline
{
    public static string Of(PipelineReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Name ?? "Pipeline"} {report.Outcome.ToString().ToLowerInvariant()} {(report.Outcome == RunOutcome.Running ? "for" : "after")} " +
        $"{Duration(report.Elapsed)}");

    private static string Duration(TimeSpan time) => time.TotalSeconds < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : new TimeSpan(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond)).ToString("c", CultureInfo.InvariantCulture);
}
