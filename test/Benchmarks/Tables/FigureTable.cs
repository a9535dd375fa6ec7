using System.Globalization;
using System.Text;

namespace Benchmarks.Tables;

/// <summary>Figures as a table in Markdown.</summary>
internal static class FigureTable
{
    /// <summary>The first answer of each side: a row fits a screen.</summary>
    public static string Short(IEnumerable<FigureRow> rows)
    {
        var text = new StringBuilder("| | ours | hand-written | in-box channels | TPL Dataflow |\n|---|---|---|---|---|\n");
        foreach (FigureRow row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {TitleOf(row)} |");
            foreach (Side side in (Side[])[Side.Ours, Side.Hand, Side.Channels, Side.Dataflow])
            {
                text.Append(CultureInfo.InvariantCulture, $" {row.Figures.FirstOrDefault(figure => figure.Side == side)?.Text} |");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>All answers. Where a side has given several, each with its name.</summary>
    public static string Long(IEnumerable<FigureRow> rows)
    {
        var text = new StringBuilder("| | ours | hand-written | in-box channels | TPL Dataflow | others |\n|---|---|---|---|---|---|\n");
        foreach (FigureRow row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {TitleOf(row)} |");
            foreach (Side side in Enum.GetValues<Side>())
            {
                Figure[] figures = [.. row.Figures.Where(figure => figure.Side == side)];
                bool areNamed = figures.Length > 1 || side == Side.Others;
                IEnumerable<string> all = figures.Select(figure => areNamed ? $"{Escape(figure.Name)}: {figure.Text}" : figure.Text);
                text.Append(CultureInfo.InvariantCulture, $" {string.Join("; ", all)} |");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string TitleOf(FigureRow row) => $"{Escape(row.Title)}{UnitOf(row)}{(row.IsNoisy ? " ±" : "")}";

    private static string UnitOf(FigureRow row) => row.Unit == "item" ? "" : char.IsDigit(row.Unit[0]) ? $" ({row.Unit})" : $" (a {row.Unit})";

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
