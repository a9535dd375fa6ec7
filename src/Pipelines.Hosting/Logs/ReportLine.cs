using System.Globalization;

namespace Pipelines.Hosting;

/// <summary>A report in a line, for a log; written out only where somebody reads it.</summary>
internal sealed class ReportLine(PipelineReport report)
{
    /// <summary><c>stopped after 12.3 s; 1,000 in, 990 out, 3 failed, 7 undelivered. Bottleneck: …</c></summary>
    public override string ToString()
    {
        (string, long)[] counts =
        [
            ("in", report.Blocks.Where(block => block.Kind == BlockKind.Producer).Sum(block => block.Out)),
            ("out", report.Blocks.Where(block => block.Kind == BlockKind.Consumer).Sum(block => block.Out)),
            ("filtered", report.Blocks.Sum(block => block.Filtered)),
            ("failed", report.Blocks.Sum(block => block.Failed)),
            ("dropped", report.Blocks.Sum(block => block.Dropped)),
            ("undelivered", report.Undelivered),
        ];
        string figures = string.Join(", ", counts
            .Where((count, index) => index < 2 || count.Item2 > 0)
            .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Item2:N0} {count.Item1}")));
        string outcome = report.Outcome.ToString().ToLowerInvariant();
        string heldUp = report.HeldUpBy.Count > 0 ? $" Held up by {string.Join(", ", report.HeldUpBy)}." : "";
        string seconds = report.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return $"{outcome} after {seconds} s; {figures}.{heldUp} {report.Bottleneck}".TrimEnd();
    }
}
