using Pipelines;
using System.CommandLine;
using System.Globalization;

namespace Demos;

/// <summary>The main demo: counts the words of real text, and shows the pipeline that does it.</summary>
internal static class Words
{
    private static readonly TimeSpan s_stopWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_progressEvery = TimeSpan.FromSeconds(0.25);

    public static Demo Demo { get; } = new("words", "Counts the words of real text: files in, top list out.", CreateCommand);

    private static Command CreateCommand(DemoConsole console)
    {
        var folder = new Option<DirectoryInfo?>("--folder") { Description = "Where the text is. Default: the .NET reference documentation beside the running dotnet." };
        var pattern = new Option<string>("--pattern") { Description = "Which files of the folder, its subfolders included.", DefaultValueFactory = _ => "*.xml" };
        var top = new Option<int>("--top") { Description = "How many words to print.", DefaultValueFactory = _ => 20 };
        var graph = new Option<bool>("--graph") { Description = "Print the pipeline as a Mermaid flowchart too." };
        var command = new Command(
            "words",
            "Counts the words of real text with one pipeline: read files, split into lines and words, clean, count.\n"
            + "A word is a run of two or more of the letters a to z, in either case. Exit code: 0 done, 1 some files could not be read, 2 no input, 130 interrupted.")
        {
            folder, pattern, top, graph,
        };
        command.SetAction((parsed, _) => RunAsync(
            console, parsed.GetValue(folder)?.FullName, parsed.GetValue(pattern)!, parsed.GetValue(top), parsed.GetValue(graph)));
        return command;
    }

    private static async Task<int> RunAsync(DemoConsole console, string? folder, string pattern, int top, bool graph)
    {
        if (folder is not null && !Directory.Exists(folder))
        {
            console.Error.WriteLine($"There is no folder '{folder}'.");
            return ExitCode.BadInput;
        }

        IReadOnlyList<string> files = folder is null
            ? ReferenceDocumentation.Files()
            : [.. Directory.EnumerateFileSystemEntries(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        if (files.Count == 0)
        {
            console.Error.WriteLine(folder is null
                ? "There is no reference documentation beside the running dotnet. Name a folder with --folder."
                : $"The folder '{folder}' has no files that match '{pattern}'.");
            return ExitCode.BadInput;
        }

        var counts = new WordCounts();
        var unreadable = new UnreadableFiles();
        Pipeline pipeline = Count(files, unreadable, counts);
        console.Output.WriteLine($"Counting the words of {files.Count:N0} files in {folder ?? "the .NET reference documentation"}.");
        if (graph)
        {
            console.Output.WriteLine(pipeline.Graph.ToMermaid());
        }

        await using PipelineRun run = pipeline.Start(new PipelineOptions { Name = "words" });
        PipelineReport report = await WatchAsync(run, console, files.Count);

        Print(console.Output, counts, top);
        console.Output.WriteLine();
        console.Output.WriteLine(report);
        foreach ((string file, string reason) in unreadable.All)
        {
            console.Error.WriteLine($"Could not read '{file}': {reason}");
        }

        return report.Outcome == RunOutcome.Stopped ? ExitCode.Interrupted
            : unreadable.All.Count > 0 ? ExitCode.Incomplete
            : ExitCode.Success;
    }

    // <words>
    private static Pipeline Count(IEnumerable<string> files, UnreadableFiles unreadable, WordCounts counts) =>
        Pipeline
            .From(files)                                                                        // producer block
            .SelectAsync(unreadable.ReadAsync, new() { Parallelism = 4, Capacity = 8 })         // pooled, ordered, bounded
            .SelectMany(Text.Lines)                                                             // fused: no queue, no task
            .SelectMany(Text.Words)                                                             // fused
            .Where(word => word.Length > 1)                                                     // fused
            .ForEach(counts.Add);                                                               // consumer block
    // </words>

    /// <summary>Shows progress until the run ends; the first Ctrl+C stops it, the second aborts it.</summary>
    private static async Task<PipelineReport> WatchAsync(PipelineRun run, DemoConsole console, int files)
    {
        Task<PipelineReport> end = run.Completion;
        using CancellationTokenRegistration stop = console.Interrupts.First.Register(() => end = run.StopAsync(s_stopWithin));
        using CancellationTokenRegistration abort = console.Interrupts.Second.Register(run.Abort);
        using var timer = new PeriodicTimer(console.IsTerminal ? s_progressEvery : TimeSpan.FromSeconds(5));
        while (await Task.WhenAny(run.Completion, timer.WaitForNextTickAsync().AsTask()) != run.Completion)
        {
            IReadOnlyList<BlockReport> blocks = run.Snapshot().Blocks;
            console.Progress(string.Create(
                CultureInfo.InvariantCulture, $"{blocks[1].Out:N0} of {files:N0} files read, {blocks[^1].Out:N0} words counted"));
        }

        console.EndProgress();
        return await end;
    }

    private static void Print(TextWriter output, WordCounts counts, int top)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counts.Total:N0} words, {counts.Different:N0} different ones. The most frequent:"));
        foreach ((string word, long count) in counts.Top(top))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,12:N0}  {word}"));
        }
    }
}
