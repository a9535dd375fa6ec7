using System.Globalization;
using System.Text;

namespace Pipelines;

/// <summary>Lays a report out as text: a headline, then one row a block, figures right-aligned, columns that are empty left out.</summary>
internal static class ReportTable
{
    private sealed record Column(string Title, Func<BlockReport, string> Cell, bool Optional = false, bool Left = false);

    public static string Format(PipelineReport report)
    {
        List<Column> columns =
        [
            new("block", block => SafeText.OnOneLine(block.Name), Left: true),
            new("in", block => block.Kind == BlockKind.Producer ? "" : Count(block.In)),
            new("out", block => Count(block.Out)),
            new("filtered", block => CountOrNone(block.Filtered), Optional: true),
            new("failed", block => CountOrNone(block.Failed), Optional: true),
            new("dropped", block => CountOrNone(block.Dropped), Optional: true),
            new("undelivered", block => CountOrNone(block.Undelivered), Optional: true),
            new("busy", block => Share(block.Busy, block, report)),
            new("waits for input", block => Share(block.Starved, block, report)),
            new("waits for room", block => Share(block.Blocked, block, report)),
            new("waits for a thread", block => block.Unthreaded > TimeSpan.Zero ? Share(block.Unthreaded, block, report) : "", Optional: true),
        ];
        columns.RemoveAll(column => column.Optional && report.Blocks.All(block => column.Cell(block).Length == 0));

        var text = new StringBuilder();
        text.Append(Headline(report));
        if (report.Failure is { } failure)
        {
            text.Append('\n').Append(CultureInfo.InvariantCulture, $"  {SafeText.OnOneLine(failure.Block)} threw {SafeText.OfException(failure.Exception)}");
        }

        if (report.HeldUpBy.Count > 0)
        {
            text.Append("\n  The end is held up by ")
                .AppendJoin(", ", report.HeldUpBy.Select(name => SafeText.OnOneLine(name)))
                .Append(": told to end, not returned yet.");
        }

        string[][] rows =
            [[.. columns.Select(column => column.Title)], .. report.Blocks.Select(block => columns.Select(column => column.Cell(block)).ToArray())];
        int[] widths = [.. columns.Select((_, index) => rows.Max(row => row[index].Length))];
        foreach (string[] row in rows)
        {
            text.Append("\n ");
            var line = new StringBuilder();
            for (int i = 0; i < row.Length; i++)
            {
                line.Append(' ').Append(columns[i].Left ? row[i].PadRight(widths[i]) : row[i].PadLeft(widths[i])).Append(' ');
            }

            text.Append(line.ToString().TrimEnd());
        }

        if (report.Bottleneck is { } bottleneck)
        {
            text.Append('\n').Append(bottleneck);
        }

        return text.ToString();
    }

    /// <summary>Which run it is and how it stands.</summary>
    public static string Headline(PipelineReport report) =>
        $"{SafeText.OnOneLine(report.Name ?? "Pipeline")}: {Outcome(report)} after {Duration(report.Elapsed)}";

    private static string Outcome(PipelineReport report) =>
        report.Outcome.ToString().ToLowerInvariant() + (report.Undelivered > 0 ? $" with {Count(report.Undelivered)} undelivered" : "");

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string CountOrNone(long count) => count == 0 ? "" : Count(count);

    // Of the whole run: a block that ended early was no trouble after that. Blank for one that spent no time here, being read from outside.
    private static string Share(TimeSpan part, BlockReport block, PipelineReport report) =>
        report.Elapsed <= TimeSpan.Zero || block.Time <= TimeSpan.Zero ? ""
        : (part / report.Elapsed / block.MeanParallelism).ToString("0 %", CultureInfo.InvariantCulture);

    private static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 0.001 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0} us"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s"),
        _ => time.ToString("c", CultureInfo.InvariantCulture),
    };
}
