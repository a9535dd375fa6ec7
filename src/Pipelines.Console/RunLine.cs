using System.Globalization;

namespace Pipelines.Console;

/// <summary>A run on one line: how it stands, what has come out at its end, what was lost, and the bottleneck.</summary>
internal static class RunLine
{
    public static string Of(PipelineReport report)
    {
        long consumed = report.Blocks.Where(block => block.Kind == BlockKind.Consumer).Sum(block => block.Out);
        long failed = report.Blocks.Sum(block => block.Failed);
        string failures = failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {failed:N0} failed") : "";
        string bottleneck = report.Bottleneck is { } sentence ? $". {sentence}" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{RunHeadline.Of(report)}: {consumed:N0} consumed, {Rate.Of(consumed, report.Elapsed)}{failures}{bottleneck}");
    }
}
