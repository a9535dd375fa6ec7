using System.CommandLine;
using Pipelines;

namespace Demos;

/// <summary>The download again, as a pipeline.</summary>
internal static class DownloadPipeline
{
    private const string Explanation =
        "Downloads six files from a web server on this machine with a pipeline of three lines: addresses in, files fetched four at a time, results out.\n"
        + "Each worker of the pool in its middle has its own HTTP client, and the results come in the order of the addresses.";

    public static Demo Demo { get; } = new("pipeline", "The download again, in three lines of pipeline.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console)
    {
        console.Output.WriteLine(Explanation);
        await using FileServer server = FileServer.Start(drops: 0);
        using var folder = new TemporaryFolder();

        // <pipeline>
        Pipeline download = Pipeline.From(server.Files)
            .SelectAsync(() => new HttpClient(), FetchAsync, new() { Parallelism = 4 })
            .ForEach(console.Output.WriteLine);
        // </pipeline>

        PipelineReport report = await WatchedRun.RunAsync(download, "download", console, now => $"{now.Blocks[1].Out} of {server.Files.Count} files");
        console.Output.WriteLine();
        console.Output.WriteLine(report);
        return report.Outcome == RunOutcome.Completed ? ExitCode.Success : ExitCode.Interrupted;

        Task<string> FetchAsync(HttpClient client, Uri url, CancellationToken token) => new Transfer(url, folder.Path).FetchAsync(client, token);
    }

    private static Command CreateCommand(DemoConsole console)
    {
        var command = new Command("pipeline", Explanation);
        command.SetAction((_, _) => RunAsync(console));
        return command;
    }
}
