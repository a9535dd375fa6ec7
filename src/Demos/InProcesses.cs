using System.CommandLine;
using System.Diagnostics;
using System.Threading.Channels;
using Pipelines;
using Pipelines.Processes;

namespace Demos;

/// <summary>The book's programs with the real thing: child processes of this very program, instead of tasks.</summary>
/// <remarks>What runs over there is static, and gets all it needs within its items: nothing of this process is there.</remarks>
internal static class InProcesses
{
    /// <summary>The option of every demo that can do so.</summary>
    public static Option<bool> CreateOption() => new("--processes") { Description = "With child processes instead of tasks." };

    /// <summary>A demo's command: in this process, or with others.</summary>
    public static Command CreateCommand(string name, string explanation, DemoConsole console, Func<Task<int>> here, Func<TextWriter, Task<int>> there)
    {
        Option<bool> processes = CreateOption();
        var command = new Command(name, explanation) { processes };
        command.SetAction((arguments, _) => arguments.GetValue(processes) ? ThereAsync() : here());
        return command;

        Task<int> ThereAsync()
        {
            console.Output.WriteLine(explanation);
            return there(TextWriter.Synchronized(console.Output)); // a process's end is told by another thread
        }
    }

    public static async Task<int> PipeAsync(TextWriter output)
    {
        using var received = new SharedNumber();
        await Pipeline.Range(1, 200)
            .Select(number => new Numbered(number, received))
            .Consume(CountAsync, new() { Workers = new ProcessWorkers() })
            .RunAsync();
        output.WriteLine($"The writer is done, the reader in another process got all {received.Value} numbers and the end of file.");
        return ExitCode.Success;
    }

    public static async Task<int> QueueAsync(TextWriter output)
    {
        foreach (int readers in (int[])[1, 3])
        {
            using var received = new SharedNumber();
            await Pipeline.Range(0, 1000)
                .Select(number => new Numbered(number, received))
                .Select(Receive, new() { Parallelism = readers, Ordered = false, Workers = new ProcessWorkers() })
                .ForEach(_ => { })
                .RunAsync();
            output.WriteLine($"1,000 numbers sent, {received.Value:N0} received by {readers} process(es); none waits for a sentinel that another has taken.");
        }

        return ExitCode.Success;
    }

    public static async Task<int> SharedAsync(TextWriter output)
    {
        using var number = new SharedNumber();
        await Pipeline.Range(0, 10)
            .Select(_ => new Numbered(10, number))
            .Select(AddOnes, new() { Parallelism = 10, Capacity = 10, Workers = new ProcessWorkers() })
            .ForEach(_ => { })
            .RunAsync();
        output.WriteLine($"SharedNumber.Add, by worker processes: {number.Value}");
        return ExitCode.Success;
    }

    // <processes-map>
    public static async Task<int> MapAsync(TextWriter output)
    {
        BlockOptions threeProcesses = new() { Parallelism = 3, Workers = new ProcessWorkers() };
        int factor = 1;
        List<int> squares = await Pipeline.From([1, 2, 3]).Select(static x => x * x, threeProcesses).ToListAsync();
        output.WriteLine($"in processes   [{string.Join(", ", squares)}]");
        try
        {
            await Pipeline.From([1, 2, 3]).Select(x => x * factor, threeProcesses).ToListAsync();
        }
        catch (NotSupportedException refused)
        {
            output.WriteLine($"refused before anything runs: {refused.Message}");
        }

        return ExitCode.Success;
    }
    // </processes-map>

    public static async Task<int> ResourcesAsync(TextWriter output)
    {
        using var folder = new TemporaryFolder();
        PipelineReport report = await Pipeline.Range(1, 12)
            .Select(number => new Line(number, folder.Path))
            .Select(static () => new ProcessLog(), static (log, line) => log.Write(line), new() { Parallelism = 3, Workers = new ProcessWorkers() })
            .ForEach(output.WriteLine)
            .RunAsync();
        string[] files = Directory.GetFiles(folder.Path);
        int lines = files.Sum(file => File.ReadLines(file).Count(line => line.StartsWith("line", StringComparison.Ordinal)));
        bool areClosed = files.All(file => File.ReadLines(file).Last() == "closed");
        output.WriteLine($"{lines} lines in files of worker processes, each of which was closed: {areClosed}.");
        output.WriteLine($"{report.Outcome}.");
        return ExitCode.Success;
    }

    public static async Task<int> PoolAsync(TextWriter output)
    {
        using var folder = new TemporaryFolder();
        PipelineReport report = await Pipeline.Range(1, 10)
            .Select(number => new Line(number, folder.Path))
            .Select(DoJob, new() { Parallelism = 3, Workers = new ProcessWorkers { OnExit = ReportDeath } })
            .ForEach(output.WriteLine)
            .RunAsync();
        output.WriteLine("All jobs were completed.");
        int restarts = report.Blocks[2].Workers.Sum(worker => worker.Restarts);
        output.WriteLine($"{report.Blocks[^1].Out} of 10 jobs succeeded; {restarts} worker process was replaced.");
        return ExitCode.Success;

        void ReportDeath(WorkerExit exit)
        {
            if (exit.Reason == WorkerExitReason.Crashed)
            {
                output.WriteLine($"a worker process died over job 7 (signal {exit.Signal}) and is replaced");
            }
        }
    }

    /// <summary>Numbers through the pipe to another process; how many came there.</summary>
    public static async Task<long> SendAsync(int count)
    {
        long sum = 0;
        await Pipeline.Range(0, count).Transform<long>(SumAsync, new() { Workers = new ProcessWorkers() }).ForEach(total => sum = total).RunAsync();
        return sum;
    }

    private static async Task SumAsync(ChannelReader<int> numbers, ChannelWriter<long> sums, CancellationToken token)
    {
        long sum = 0;
        await foreach (int number in numbers.ReadAllAsync(token))
        {
            sum += number;
        }

        await sums.WriteAsync(sum, token);
    }

    private static async Task CountAsync(ChannelReader<Numbered> numbers, CancellationToken token)
    {
        await foreach (Numbered number in numbers.ReadAllAsync(token))    // ends by itself, and never because a process died
        {
            number.Shared.Add(1);
        }
    }

    private static int Receive(Numbered number)
    {
        number.Shared.Add(1);
        return number.Number;
    }

    private static int AddOnes(Numbered rounds)
    {
        for (int i = 0; i < rounds.Number; i++)
        {
            rounds.Shared.Add(1);
        }

        return rounds.Number;
    }

    private static string DoJob(Line job)
    {
        string note = Path.Combine(job.Folder, "died");
        if (job.Number == 7 && !File.Exists(note))
        {
            File.WriteAllText(note, "");
            Process.GetCurrentProcess().Kill();
        }

        return $"job {job.Number}: {job.Number} * {job.Number} = {job.Number * job.Number}";
    }

    /// <summary>A number, and one that all processes share.</summary>
    private sealed record Numbered(int Number, SharedNumber Shared);

    private sealed record Line(int Number, string Folder);

    /// <summary>A file of one process's own.</summary>
    private sealed class ProcessLog : IDisposable
    {
        private StreamWriter? _writer;

        public string Write(Line line)
        {
            _writer ??= new StreamWriter(Path.Combine(line.Folder, $"{Environment.ProcessId}.log"));
            _writer.WriteLine($"line {line.Number}");
            return $"line {line.Number} went to the file of a worker process";
        }

        public void Dispose()
        {
            _writer?.WriteLine("closed");
            _writer?.Dispose();
        }
    }
}
