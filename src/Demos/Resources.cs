using System.CommandLine;
using Pipelines;

namespace Demos;

/// <summary>Each worker gets a resource of its own, as an argument: no global, and nothing that a platform inherits and another does not.</summary>
internal static class Resources
{
    private const string Explanation =
        "Writes 12 lines with three workers. Each opens a file of its own and is given it as an argument, on every platform alike.\n"
        + "A file is opened when its worker has its first line, and closed exactly once, when the worker ends.";

    public static Demo Demo { get; } = new("resources", "Gives each worker a resource of its own, and disposes it once.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console)
    {
        console.Output.WriteLine(Explanation);
        using var folder = new TemporaryFolder();
        int opened = 0;
        int closed = 0;

        // <resources>
        PipelineReport report = await Pipeline
            .From(Enumerable.Range(1, 12))
            .SelectAsync(OpenLog, WriteAsync, new() { Parallelism = 3 })    // one log a worker, handed to each call
            .ForEach(console.Output.WriteLine)
            .RunAsync();
        // </resources>

        string[] files = Directory.GetFiles(folder.Path);
        console.Output.WriteLine(
            $"{files.Length} files opened {opened} times and closed {closed} times; {files.Sum(file => File.ReadLines(file).Count())} lines in them.");
        console.Output.WriteLine($"{report.Outcome}.");
        return ExitCode.Success;

        Log OpenLog() => new(Path.Combine(folder.Path, $"worker-{Interlocked.Increment(ref opened)}.log"), () => Interlocked.Increment(ref closed));
    }

    private static async Task<string> WriteAsync(Log log, int number)
    {
        await Task.Delay(10); // what makes the lines worth several workers
        await log.WriteLineAsync($"line {number}");
        return $"line {number} went to the file '{log.Name}', mode 'append'";
    }

    private static Command CreateCommand(DemoConsole console) =>
        InProcesses.CreateCommand("resources", Explanation, console, () => RunAsync(console), InProcesses.ResourcesAsync);

    /// <summary>An open file. It is not made for two callers at once, and never has them: it belongs to one worker.</summary>
    private sealed class Log(string path, Action onClosed) : IAsyncDisposable
    {
        private readonly StreamWriter _writer = new(path, append: true);

        public string Name => Path.GetFileName(path);

        public Task WriteLineAsync(string line) => _writer.WriteLineAsync(line);

        public async ValueTask DisposeAsync()
        {
            await _writer.DisposeAsync();
            onClosed();
        }
    }
}
