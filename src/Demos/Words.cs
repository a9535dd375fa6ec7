using System.CommandLine;
using Pipelines;

namespace Demos;

/// <summary>The main demo: counts the words of real text, and shows the pipeline that does it.</summary>
internal static class Words
{
    public static Demo Demo { get; } = new("words", "Counts the words of real text: files in, top list out.", CreateCommand);

    // <words>
    private static Pipeline Count(TextFiles files, WordCounts counts) =>
        Pipeline
            .From(files.Paths)                                          // producer block
            .Parallel(
                paths => paths                                          // each of four workers does all of this:
                    .SelectAsync(files.ReadAsync)                       // awaited
                    .SelectMany(Text.Lines)                             // fused: no queue, no task
                    .SelectMany(Text.Words)
                    .Where(word => word.Length > 1),
                new() { Parallelism = 4, Capacity = 8 })                // bounded
            .Aggregate(                                                 // consumer block: each worker counts for itself
                () => new WordCounts(), WordCounts.Add, WordCounts.Combine, counts.Add, new() { Name = "counts.Add" });
    // </words>

    private static async Task<int> RunAsync(DemoConsole console, DirectoryInfo? folder, string pattern, int top, bool graph, bool live, FileInfo? reportFile)
    {
        if (folder is { Exists: false })
        {
            console.Error.WriteLine($"There is no folder '{folder.FullName}'.");
            return ExitCode.BadInput;
        }

        TextFiles files = folder is null ? ReferenceDocumentation.Files() : new TextFiles().AddFolder(folder, pattern);
        if (files.Paths.Count == 0)
        {
            PrintUnreadable(console.Error, files);
            console.Error.WriteLine(folder is null
                ? "There is no reference documentation beside the running dotnet. Name a folder with --folder."
                : $"The folder '{folder.FullName}' has no files that match '{pattern}'.");
            return ExitCode.BadInput;
        }

        if (reportFile is not null && ReportFile.WhyNot(reportFile) is { } whyNot)
        {
            console.Error.WriteLine(whyNot);
            return ExitCode.BadInput;
        }

        console.Output.WriteLine($"Counting the words of {files.Paths.Count:N0} files in {folder?.FullName ?? "the .NET reference documentation"}.");
        var counts = new WordCounts();
        Pipeline pipeline = Count(files, counts);
        if (graph)
        {
            console.Output.WriteLine(pipeline.Graph.ToMermaid());
        }

        Func<PipelineRun, Task>? record = reportFile is null ? null : run => ReportFile.RecordAsync(run, reportFile, console.Time);
        PipelineReport report = live
            ? await WatchedRun.RunLiveAsync(pipeline, "words", console, record)
            : await WatchedRun.RunAsync(pipeline, "words", console, now => Progress(now, files), record);

        if (report.Outcome == RunOutcome.Stopped)
        {
            console.Output.WriteLine($"Interrupted: {Progress(report, files)}.");
        }

        PrintTop(console.Output, counts, top);
        if (!live)
        {
            console.Output.WriteLine();
            console.Output.WriteLine(report);
        }

        PrintUnreadable(console.Error, files);
        return report.Outcome == RunOutcome.Stopped ? ExitCode.Interrupted
            : files.Unreadable.Count > 0 ? ExitCode.Incomplete
            : ExitCode.Success;
    }

    private static string Progress(PipelineReport report, TextFiles files) =>
        $"{report.Blocks[1].Out:N0} of {files.Paths.Count:N0} files read, {report.Blocks[^1].Out:N0} words counted";

    private static void PrintTop(TextWriter output, WordCounts counts, int top)
    {
        output.WriteLine($"{counts.Total:N0} words, {counts.Different:N0} different ones. The most frequent:");
        foreach ((string word, long count) in counts.Top(top))
        {
            output.WriteLine($"  {count,12:N0}  {word}");
        }
    }

    private static void PrintUnreadable(TextWriter error, TextFiles files)
    {
        foreach ((string path, string reason) in files.Unreadable)
        {
            error.WriteLine($"Could not read '{path}': {reason}");
        }
    }

    private static Command CreateCommand(DemoConsole console)
    {
        var folder =
            new Option<DirectoryInfo?>("--folder") { Description = "Where the text is. Default: the .NET reference documentation beside the running dotnet." };
        var pattern =
            new Option<string>("--pattern") { Description = "Which file names, in the folder and its subfolders.", DefaultValueFactory = _ => "*.xml" };
        var top = new Option<int>("--top") { Description = "How many words to print.", DefaultValueFactory = _ => 20 };
        var graph = new Option<bool>("--graph") { Description = "Print the pipeline as a Mermaid flowchart too." };
        var live = new Option<bool>("--live") { Description = "Show the run as a table while it goes on: what each block does, its rates, what waits." };
        var report = new Option<FileInfo?>("--report") { Description = "Write what the run did to a page of HTML, to be opened in a browser or sent on." };
        top.Validators.Add(result =>
        {
            // What is no number at all has its own message, and none of its value can be asked for here.
            if (result.Tokens is [var token] && int.TryParse(token.Value, out int count) && count < 1)
            {
                result.AddError("--top must be at least 1.");
            }
        });
        var command = new Command(
            "words",
            "Counts the words of real text with one pipeline: read files, split into lines and words, clean, count.\n"
            + "A word is a run of two or more of the letters a to z, in either case.\n"
            + "Exit code: 0 done, 1 some files could not be read and the others were counted, 2 bad input, 130 interrupted.")
        {
            folder, pattern, top, graph, live, report,
        };
        command.SetAction((parsed, _) => RunAsync(
            console,
            parsed.GetValue(folder),
            parsed.GetValue(pattern)!,
            parsed.GetValue(top),
            parsed.GetValue(graph),
            parsed.GetValue(live),
            parsed.GetValue(report)));
        return command;
    }
}
