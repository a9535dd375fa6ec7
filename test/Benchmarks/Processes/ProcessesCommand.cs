using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Pipelines;
using Pipelines.Processes;

namespace Benchmarks.Processes;

/// <summary>A stage in worker processes, beside Python's multiprocessing on the same machine in the same run.</summary>
/// <remarks>Steady state: from the first result to the last. What a start costs is a row of its own.</remarks>
internal static class ProcessesCommand
{
    private static readonly BlockOptions s_two = new() { Parallelism = 2, Workers = new ProcessWorkers() };

    public static async Task<int> RunAsync()
    {
        var ours = new Dictionary<string, double>
        {
            ["integers"] = await MapAsync(Enumerable.Range(0, 5_000_000), static number => number + 1),
            ["records"] = await MapAsync(People(500_000), static person => person with { Age = person.Age + 1 }),
            ["arrays of 4 KB"] = await MapAsync(Enumerable.Repeat(new byte[4096], 200_000), static bytes => bytes),
            ["one item at a time"] = await OneAtATimeAsync(5_000),
            ["one way, integers"] = await OneWayAsync(Enumerable.Range(0, 3_000_000), Ends.CountAsync),
            ["one way, records"] = await OneWayAsync(People(500_000), Ends.CountAsync),
        };
        Dictionary<string, double> python = await PythonAsync();
        Console.WriteLine($"{"ns an item",-22}{"ours",12}{"Python, best chunk",20}{"times",8}{"chunks of 1",14}{"times",8}");
        foreach ((string name, double nanoseconds) in ours)
        {
            string best = Beside(python, python.ContainsKey(name) ? name : name + ", best chunk", nanoseconds, 20);
            string one = Beside(python, name + ", chunks of 1", nanoseconds, 14);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-22}{nanoseconds,12:N1}{best}{one}"));
        }

        Console.WriteLine();
        await StartsAsync();
        await KillsAsync();
        return 0;
    }

    private static IEnumerable<Person> People(int count) =>
        Enumerable.Range(0, count).Select(number => new Person("Jane Doe of Somewhere", "12 Long Road, Another Place", number % 90, 0));

    private static string Beside(Dictionary<string, double> python, string name, double ours, int width) =>
        python.TryGetValue(name, out double theirs)
            ? theirs.ToString("N0", CultureInfo.InvariantCulture).PadLeft(width) + (theirs / ours).ToString("N1", CultureInfo.InvariantCulture).PadLeft(8)
            : new string(' ', width + 8);

    private static async Task<double> MapAsync<TIn, TOut>(IEnumerable<TIn> items, Func<TIn, TOut> f)
    {
        TIn[] all = [.. items];
        double best = double.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            int count = 0;
            long first = 0;
            await Pipeline.From(all).Select(f, s_two).ForEach(_ =>
            {
                if (count++ == 0)
                {
                    first = Stopwatch.GetTimestamp();
                }
            }).RunAsync();
            best = Math.Min(best, Stopwatch.GetElapsedTime(first).TotalNanoseconds / all.Length);
        }

        return best;
    }

    private static async Task<double> OneAtATimeAsync(int count)
    {
        var items = Channel.CreateUnbounded<int>();
        var results = Channel.CreateUnbounded<int>();
        Task run = Pipeline.From(items.Reader).Select(static number => number + 1, new() { Workers = new ProcessWorkers() }).To(results.Writer).RunAsync();
        long start = 0;
        for (int number = -100; number < count; number++)
        {
            start = number == 0 ? Stopwatch.GetTimestamp() : start;
            items.Writer.TryWrite(number);
            await results.Reader.ReadAsync();
        }

        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
        items.Writer.Complete();
        await run;
        return nanoseconds;
    }

    private static async Task<double> OneWayAsync<T>(IEnumerable<T> items, Func<ChannelReader<T>, CancellationToken, Task> consume)
    {
        T[] all = [.. items];
        double best = double.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            // Without what a start and an end take: that much is a run of one item.
            double ends = await ConsumedAsync(all[..1], consume);
            best = Math.Min(best, (await ConsumedAsync(all, consume) - ends) / all.Length);
        }

        return best;
    }

    private static async Task<double> ConsumedAsync<T>(T[] items, Func<ChannelReader<T>, CancellationToken, Task> consume)
    {
        long start = Stopwatch.GetTimestamp();
        await Pipeline.From(items).Consume(consume, new() { Workers = new ProcessWorkers() }).RunAsync();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static async Task StartsAsync()
    {
        foreach (int workers in (int[])[1, 4])
        {
            List<double> taken = [];
            for (int round = 0; round < 5; round++)
            {
                long start = Stopwatch.GetTimestamp();
                await Pipeline.Range(0, workers).Select(static number => number, new() { Parallelism = workers, Workers = new ProcessWorkers() })
                    .ForEach(_ => { }).RunAsync();
                taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            taken.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start of {workers} worker(s), one item each, and the end: {taken[2]:N0} ms"));
        }
    }

    private static async Task KillsAsync()
    {
        const int Count = 60_000;
        long undisturbed = await KilledAsync(Count, TimeSpan.Zero, []);
        List<double> noticed = [];
        long disturbed = await KilledAsync(Count, TimeSpan.FromMilliseconds(125), noticed);
        noticed.Sort();
        double median = noticed.Count > 0 ? noticed[noticed.Count / 2] : 0;
        double throughput = 100.0 * undisturbed / disturbed;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{noticed.Count} kills, 8 a second: noticed after {median:N1} ms (median), throughput {throughput:N0} %"));
    }

    private static async Task<long> KilledAsync(int count, TimeSpan between, List<double> noticed)
    {
        var killed = new ConcurrentDictionary<int, long>();
        long first = 0;
        PipelineRun run = Pipeline.Range(0, count).Select(Ends.Spin, new()
        {
            Parallelism = 2,
            Workers = new ProcessWorkers { Attempts = 100, OnExit = exit => Notice(exit.ProcessId) },
        }).ForEach(_ => first = first == 0 ? Stopwatch.GetTimestamp() : first).Start();
        while (between > TimeSpan.Zero && await Task.WhenAny(run.Completion, Task.Delay(between)) != run.Completion)
        {
            if (run.Snapshot().Blocks[1].Workers.FirstOrDefault(worker => worker.Id != 0 && !killed.ContainsKey(worker.Id)) is { } worker)
            {
                killed[worker.Id] = Stopwatch.GetTimestamp();
                using Process process = Process.GetProcessById(worker.Id);
                process.Kill();
            }
        }

        await run.Completion;
        return Stopwatch.GetTimestamp() - first;

        void Notice(int process)
        {
            if (killed.TryGetValue(process, out long at))
            {
                lock (noticed)
                {
                    noticed.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                }
            }
        }
    }

    private static async Task<Dictionary<string, double>> PythonAsync()
    {
        var figures = new Dictionary<string, double>();
        try
        {
            string script = Path.Combine(AppContext.BaseDirectory, "Processes", "processes.py");
            var start = new ProcessStartInfo("python3", [script]) { RedirectStandardOutput = true };
            using Process python = Process.Start(start)!;
            while (await python.StandardOutput.ReadLineAsync() is { } line)
            {
                string[] parts = line.Split('\t');
                figures[parts[0]] = double.Parse(parts[1], CultureInfo.InvariantCulture);
            }

            await python.WaitForExitAsync();
        }
        catch (Win32Exception)
        {
            Console.WriteLine("There is no python3: its figures are missing.");
        }

        return figures;
    }
}

internal sealed record Person(string Name, string Street, int Age, double Born);

/// <summary>What runs in the workers.</summary>
internal static class Ends
{
    public static async Task CountAsync<T>(ChannelReader<T> items, CancellationToken token)
    {
        while (await items.WaitToReadAsync(token))
        {
            while (items.TryRead(out _))
            {
            }
        }
    }

    public static int Spin(int number)
    {
        long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 20_000);
        while (Stopwatch.GetTimestamp() < until)
        {
        }

        return number;
    }
}
