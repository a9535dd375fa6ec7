using System.Text.Json;

namespace Benchmarks.Tables;

/// <summary>Writes the tables of README and performance page from what the quick mode has measured, so that they are of one run and say what it said.</summary>
internal static class TablesCommand
{
    private const string Begin = "<!-- figures: written by \"tables\" from one run -->";
    private const string End = "<!-- end of figures -->";

    // What somebody who has just come wants to know.
    private static readonly string[] s_first =
    [
        "five synchronous transforms", "hop between two tasks, in runs", "two concurrent steps: Range", "batch by 100", "parallel map, 50 ns",
        "parallel map, 1.4 us", "asynchronous map, each item", "build five blocks",
    ];

    public static async Task<int> RunAsync(string[] options)
    {
        if (options is not [string file, string folder, .. [] or ["--check"]])
        {
            await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project test/Benchmarks -- tables FILE.json REPOSITORY [--check]");
            return 2;
        }

        using JsonDocument measured = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        FigureRow[] rows = [.. measured.RootElement.GetProperty("answers").EnumerateArray().Select(FigureRow.Of)];
        FigureRow[] first = [.. s_first.Select(title => Array.Find(rows, row => row.IsAbout(title))).OfType<FigureRow>()];
        int different = 0;
        different += await PutAsync(Path.Combine(folder, "README.md"), FigureTable.Short(first), options.Length == 3);
        different += await PutAsync(Path.Combine(folder, "docs", "performance.md"), FigureTable.Long(rows), options.Length == 3);
        return different == 0 ? 0 : 1;
    }

    // 1: it is not there, or, if it is only to be checked, it says something else.
    private static async Task<int> PutAsync(string page, string table, bool isCheck)
    {
        string text = await File.ReadAllTextAsync(page);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, Math.Max(0, begin), StringComparison.Ordinal);
        if (begin < 0 || end < 0)
        {
            await Console.Error.WriteLineAsync($"{page} has no place for the figures: \"{Begin}\" and \"{End}\".");
            return 1;
        }

        string after = $"{text[..begin]}{Begin}\n\n{table}\n{text[end..]}";
        if (after == text)
        {
            return 0;
        }

        if (isCheck)
        {
            await Console.Error.WriteLineAsync($"{page} has other figures than the run. \"tables FILE.json REPOSITORY\" writes them.");
            return 1;
        }

        await File.WriteAllTextAsync(page, after);
        return 0;
    }
}
