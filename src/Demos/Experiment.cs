using System.CommandLine;
using System.Diagnostics;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Channels;

namespace Demos;

/// <summary>Times sending numbers from one task to another, through each kind of channel, beside Python's own figures.</summary>
internal static class Experiment
{
    private const string Explanation =
        "Sends numbers from a writer to a reader and measures how long it takes: through our pipe (up to the end of file), our queue (up to 'DONE'),\n"
        + "a ring channel, an in-box bounded channel and TPL Dataflow, and, where there is a python3, through its Pipe and Queue between two processes.";

    private const int Capacity = 256;

    private static readonly int[] s_counts = [1_000, 10_000, 100_000, 1_000_000];

    // The first of each kind is what the others are measured against.
    private static readonly (string Name, Func<int, Task<long>> SendAsync)[] s_ways =
    [
        ("Pipe", SendThroughPipeAsync),
        ("Queue", SendThroughQueueAsync),
        ("RingChannel", count => SendThroughChannelAsync(new RingChannel<int>(Capacity), count)),
        ("bounded Channel", count => SendThroughChannelAsync(
            Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true }), count)),
        ("TPL Dataflow", SendThroughDataflowAsync),
    ];

    public static Demo Demo { get; } = new("experiment", "Times sending numbers through pipes, queues and channels, and Python's.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console, int[] counts, bool withPython, bool withProcesses)
    {
        TextWriter output = console.Output;
        output.WriteLine(Explanation);
        (string Name, Func<int, Task<long>> SendAsync)[] ways = withProcesses ? [.. s_ways, ("Pipe to a process", InProcesses.SendAsync)] : s_ways;
        foreach ((_, Func<int, Task<long>> sendAsync) in ways)
        {
            await sendAsync(10_000); // compiled before it is timed
        }

        var ours = new Dictionary<(string Through, int Count), double>();
        foreach ((string name, Func<int, Task<long>> sendAsync) in ways)
        {
            foreach (int count in counts)
            {
                ours[(name, count)] = await TimeAsync(sendAsync, count);
                output.WriteLine($"Sending {count} numbers to {name}() took {ours[(name, count)]:F6} seconds");
            }
        }

        IReadOnlyDictionary<(string Through, int Count), double>? python = withPython ? await PythonExperiment.RunAsync(counts) : null;
        output.WriteLine();
        PrintTable(output, ways.Select(way => way.Name), counts, ours, python);
        return ExitCode.Success;
    }

    private static async Task<double> TimeAsync(Func<int, Task<long>> sendAsync, int count)
    {
        long start = Stopwatch.GetTimestamp();
        long sum = await sendAsync(count);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return sum == (long)count * (count - 1) / 2
            ? seconds
            : throw new InvalidOperationException($"The numbers that arrived do not add up: {sum}.");
    }

    // <experiment>
    private static async Task<long> SendThroughPipeAsync(int count)
    {
        var pipe = new Pipe<int>(Capacity);
        Task writing = WriteAsync(pipe.OpenWriter());
        long sum = 0;
        await foreach (int number in pipe.Reader.ReadAllAsync())
        {
            sum += number;
        }

        await writing;
        return sum;

        async Task WriteAsync(PipeWriter<int> writer)
        {
            await Task.Yield();
            using (writer)
            {
                for (int i = 0; i < count; i++)
                {
                    await writer.WriteAsync(i);
                }
            }
        }
    }
    // </experiment>

    private static async Task<long> SendThroughQueueAsync(int count)
    {
        const int done = -1;
        var queue = new RingChannel<int>(Capacity);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                await queue.Writer.WriteAsync(i);
            }

            await queue.Writer.WriteAsync(done);
        });
        long sum = 0;
        await foreach (int number in queue.Reader.ReadUntilAsync(done))
        {
            sum += number;
        }

        await writing;
        return sum;
    }

    private static async Task<long> SendThroughChannelAsync(Channel<int> channel, int count)
    {
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                await channel.Writer.WriteAsync(i);
            }

            channel.Writer.Complete();
        });
        long sum = 0;
        await foreach (int number in channel.Reader.ReadAllAsync())
        {
            sum += number;
        }

        await writing;
        return sum;
    }

    private static async Task<long> SendThroughDataflowAsync(int count)
    {
        long sum = 0;
        var reader = new ActionBlock<int>(
            number => sum += number, new ExecutionDataflowBlockOptions { BoundedCapacity = Capacity, SingleProducerConstrained = true });
        for (int i = 0; i < count; i++)
        {
            if (!reader.Post(i))
            {
                await reader.SendAsync(i);
            }
        }

        reader.Complete();
        await reader.Completion;
        return sum;
    }

    private static void PrintTable(
        TextWriter output,
        IEnumerable<string> ways,
        int[] counts,
        Dictionary<(string Through, int Count), double> ours,
        IReadOnlyDictionary<(string Through, int Count), double>? python)
    {
        output.WriteLine($"{"ns a number",-22}{string.Concat(counts.Select(count => $"{count,14:N0}"))}");
        foreach (string name in ways)
        {
            PrintRow(name, count => ours[(name, count)]);
        }

        if (python is null)
        {
            output.WriteLine("Python: not measured.");
            return;
        }

        foreach (string name in (string[])["Pipe", "Queue"])
        {
            PrintRow($"Python's {name}", count => python[(name, count)]);
        }

        foreach (string name in (string[])["Pipe", "Queue"])
        {
            output.WriteLine($"{$"{name}, times faster",-22}{string.Concat(counts.Select(count => $"{python[(name, count)] / ours[(name, count)],14:N1}"))}");
        }

        void PrintRow(string name, Func<int, double> seconds) =>
            output.WriteLine($"{name,-22}{string.Concat(counts.Select(count => $"{seconds(count) / count * 1e9,14:N1}"))}");
    }

    private static Command CreateCommand(DemoConsole console)
    {
        var counts = new Option<int[]>("--counts")
        {
            Description = "How many numbers to send.",
            DefaultValueFactory = _ => s_counts,
            AllowMultipleArgumentsPerToken = true,
        };
        counts.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int[]>()?.Any(count => count < 1) ?? false)
            {
                result.AddError("A count of numbers must be 1 or more.");
            }
        });
        var noPython = new Option<bool>("--no-python") { Description = "Leave Python out, if there is one." };
        Option<bool> processes = InProcesses.CreateOption();
        processes.Description = "Through a pipe to another process too, whose start is counted.";
        var command = new Command("experiment", Explanation) { counts, noPython, processes };
        command.SetAction((arguments, _) => RunAsync(console, arguments.GetValue(counts)!, !arguments.GetValue(noPython), arguments.GetValue(processes)));
        return command;
    }
}
