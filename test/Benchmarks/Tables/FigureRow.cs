using System.Globalization;
using System.Text.Json;

namespace Benchmarks.Tables;

/// <summary>What one question has come to, by who has answered it.</summary>
internal sealed record FigureRow(string Title, string Unit, bool IsNoisy, IReadOnlyList<Figure> Figures)
{
    public static FigureRow Of(JsonElement answer)
    {
        JsonElement[] rows = [.. answer.GetProperty("rows").EnumerateArray()];
        return new(
            answer.GetProperty("title").GetString()!,
            answer.GetProperty("unit").GetString()!,
            rows[0].GetProperty("nanoseconds").GetProperty("isNoisy").GetBoolean(),
            [.. rows.Select((row, index) => Figure.Of(row, isFirst: index == 0))]);
    }

    public bool IsAbout(string start) => Title.StartsWith(start, StringComparison.Ordinal);
}

/// <summary>Who may have answered.</summary>
internal enum Side
{
    Ours,
    Hand,
    Channels,
    Dataflow,
    Others,
}

/// <summary>One answer.</summary>
internal sealed record Figure(string Name, Side Side, double Nanoseconds, double Bytes)
{
    private static readonly string[] s_byHand =
    [
        "loop", "two bare loops", "two such loops", "16 bare loops", "one bare loop", "sequential loop", "Enumerable.Range, Chunk", "Task.Run and back",
    ];

    private static readonly string[] s_others = ["System.Linq", "PLINQ", "R3", "Akka.Streams", "Parallel.ForEachAsync"];

    public static Figure Of(JsonElement row, bool isFirst)
    {
        string name = row.GetProperty("name").GetString()!;
        Side side = isFirst ? Side.Ours
            : name.Contains("Channel.CreateBounded", StringComparison.Ordinal) ? Side.Channels
            : name.StartsWith("TPL Dataflow", StringComparison.Ordinal) ? Side.Dataflow
            : Array.Exists(s_byHand, start => name.StartsWith(start, StringComparison.Ordinal)) ? Side.Hand
            : Array.Exists(s_others, start => name.StartsWith(start, StringComparison.Ordinal)) ? Side.Others
            : Side.Ours;
        return new(name, side, row.GetProperty("nanoseconds").GetProperty("median").GetDouble(), row.GetProperty("bytes").GetDouble());
    }

    /// <summary>As much of it as can be relied on.</summary>
    public string Text
    {
        get
        {
            string time = Nanoseconds.ToString(Nanoseconds < 99.5 ? "0.0" : "#,##0", CultureInfo.InvariantCulture);
            return Bytes < 8 ? time : string.Create(CultureInfo.InvariantCulture, $"{time}, {Bytes:#,##0} B");
        }
    }
}
