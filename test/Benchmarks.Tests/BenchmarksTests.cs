using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Benchmarks.Tests;

/// <summary>The benchmarks run and return what they should. How fast, no test says.</summary>
public sealed class BenchmarksTests
{
    [Fact]
    public async Task Check_EveryContenderOfEveryQuestion_ReturnsWhatItShould()
    {
        (int code, string output) = await RunAsync("check");

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Plot_OfWhatQuickHasWritten_IsAPictureOfEachContender()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            string file = Path.Combine(folder.FullName, "quick.json");
            await File.WriteAllTextAsync(file, """
                {"answers":[
                  {"title":"1 synchronous step in a row","rows":[{"name":"ours","nanoseconds":{"median":6}},{"name":"theirs","nanoseconds":{"median":140}}]},
                  {"title":"12 synchronous steps in a row","rows":[{"name":"ours","nanoseconds":{"median":32}},{"name":"theirs","nanoseconds":{"median":463}}]},
                  {"title":"parallel map, 5 ns of work","rows":[{"name":"ours","nanoseconds":{"median":15}},
                    {"name":"sequential loop","nanoseconds":{"median":5}}]}]}
                """);
            (int code, string output) = await RunAsync("plot", file, folder.FullName);

            Assert.True(code == 0, output);
            Assert.Equal(["ours", "theirs"], Names(Path.Combine(folder.FullName, "blocks.svg")));
            Assert.Equal(["ours", "sequential loop"], Names(Path.Combine(folder.FullName, "pool.svg")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static IEnumerable<string> Names(string file) =>
            XDocument.Load(file).Descendants().Where(one => one.Name.LocalName == "text").Select(one => one.Value).Intersect(
            ["ours", "theirs", "sequential loop"]).Order();
    }

    // Nobody writes figures by hand: they are those of the run that is stored beside the plots.
    [Fact]
    public async Task Tables_OfReadmeAndPage_AreOfTheStoredRun()
    {
        string root = Root();
        (int code, string output) = await RunAsync("tables", Path.Combine(root, "docs", "plots", "quick.json"), root, "--check");

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task BenchmarkDotNet_List_HasEveryClass()
    {
        (int code, string output) = await RunAsync("--list", "flat");

        Assert.Equal(0, code);
        Assert.Contains("FuseBenchmark", output, StringComparison.Ordinal);
        Assert.Contains("CapacityBenchmark", output, StringComparison.Ordinal);
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    // In a process of its own, as users run it: peers start threads that never end.
    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "Benchmarks.dll"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetTempPath(),
            })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
