using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Benchmarks.Plots;

/// <summary>Draws what the quick mode has measured: its JSON in, two drawings out.</summary>
internal static partial class PlotCommand
{
    public static async Task<int> RunAsync(string[] options)
    {
        if (options is not [string file, string folder])
        {
            await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project test/Benchmarks -- plot FILE.json FOLDER");
            return 2;
        }

        using JsonDocument measured = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        JsonElement[] answers = [.. measured.RootElement.GetProperty("answers").EnumerateArray()];
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "blocks.svg"), CostAgainstBlocks(answers));
        await File.WriteAllTextAsync(Path.Combine(folder, "pool.svg"), SpeedUpAgainstWork(answers));
        return 0;
    }

    private static string CostAgainstBlocks(JsonElement[] answers)
    {
        List<Line> lines = [];
        foreach (JsonElement answer in answers)
        {
            if (Steps().Match(Title(answer)) is { Success: true } steps)
            {
                Add(lines, answer, double.Parse(steps.Groups[1].Value, CultureInfo.InvariantCulture), Median);
            }
        }

        return new Chart(
            "Cost of an item against the number of synchronous steps", "steps in a row", "ns an item (logarithmic)", lines)
        { IsYLogarithmic = true }.Draw();
    }

    private static string SpeedUpAgainstWork(JsonElement[] answers)
    {
        List<Line> lines = [];
        foreach (JsonElement answer in answers)
        {
            if (Title(answer).StartsWith("parallel map,", StringComparison.Ordinal))
            {
                double sequential = answer.GetProperty("rows").EnumerateArray().Where(row => Name(row) == "sequential loop").Select(Median).Single();
                Add(lines, answer, sequential, row => sequential / Median(row));
            }
        }

        return new Chart(
            "Speed-up over a sequential loop against the work an item takes: two cores, in order",
            "ns of work an item (logarithmic)", "times faster than the loop", lines)
        { IsXLogarithmic = true }.Draw();
    }

    private static void Add(List<Line> lines, JsonElement answer, double x, Func<JsonElement, double> y)
    {
        foreach (JsonElement row in answer.GetProperty("rows").EnumerateArray())
        {
            Line? line = lines.Find(line => line.Name == Name(row));
            if (line is null)
            {
                lines.Add(line = new Line(Name(row), []));
            }

            line.Points.Add((x, y(row)));
        }
    }

    private static string Title(JsonElement answer) => answer.GetProperty("title").GetString()!;

    private static string Name(JsonElement row) => row.GetProperty("name").GetString()!;

    private static double Median(JsonElement row) => row.GetProperty("nanoseconds").GetProperty("median").GetDouble();

    [GeneratedRegex("^([0-9]+) synchronous step")]
    private static partial Regex Steps();
}
