using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Pipelines;
using Pipelines.Processes;

// Where nobody calls it before Main, this does; "hookless" is a program that forgot to.
if (Environment.GetEnvironmentVariable("CALLS_TRY_RUN") == "1" && WorkerProcess.TryRun())
{
    return 0;
}

int count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1000;
int workers = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 2;
BlockOptions options = new() { Parallelism = workers, Workers = new ProcessWorkers() };
string mode = args.Length > 0 ? args[0] : "ints";
switch (mode)
{
    case "hookless" or "tryrun":
        options = options with
        {
            Workers = new ProcessWorkers
            {
                Environment = new Dictionary<string, string?>
                {
                    ["DOTNET_STARTUP_HOOKS"] = null,
                    ["CALLS_TRY_RUN"] = mode == "tryrun" ? "1" : "0",
                },
            },
        };
        try
        {
            await SumAsync(1000, options);
        }
        catch (WorkerCrashedException crash)
        {
            Console.WriteLine(crash.GetType().Name + " " + crash.Message);
        }

        return 0;
    case "ints":
        await SumAsync(count, options);
        return 0;
    case "records":
        await RecordsAsync(count, options);
        return 0;
    case "recycle":
        options = options with { Workers = new ProcessWorkers { RecycleAfter = 1 } };
        PipelineReport report = await SumAsync(count, options);
        Console.WriteLine($"{report.Blocks[1].Workers.Sum(worker => worker.Restarts)} restarts");
        return 0;
    case "storm":
        return await Storm.RunAsync(count);
    default:
        return await ServeAsync(mode, workers, options with { Capacity = 16 });
}

static async Task<PipelineReport> SumAsync(int count, BlockOptions options)
{
    long sum = 0;
    var watch = Stopwatch.StartNew();
    PipelineReport report = await Pipeline.Range(0, count).Select(static number => number + 1, options).ForEach(number => sum += number).RunAsync();
    Console.WriteLine($"{watch.Elapsed.TotalNanoseconds / count:0.0} ns an item, {watch.Elapsed.TotalMilliseconds:0} ms, sum {sum}");
    return report;
}

static async Task RecordsAsync(int count, BlockOptions options)
{
    long sum = 0;
    var watch = Stopwatch.StartNew();
    await Pipeline.Range(0, count).Select(static number => Person.Of(number)).Select(static person => person with { Age = person.Age + 1 }, options)
        .ForEach(person => sum += person.Age).RunAsync();
    Console.WriteLine($"{watch.Elapsed.TotalNanoseconds / count:0.0} ns an item, {watch.Elapsed.TotalMilliseconds:0} ms, sum {sum}");
}

// Each worker says who it is. Idle ones have done all there is, and wait for more; busy ones are in the middle of an item.
static async Task<int> ServeAsync(string mode, int workers, BlockOptions options)
{
    using var begun = new SharedNumber();
    var more = new TaskCompletionSource();
    using PosixSignalRegistration stop = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
    {
        context.Cancel = true;
        more.TrySetResult();
    });
    PipelineRun run = Pipeline.From(Items(new(mode, begun, workers), mode, more.Task)).Select(static item => Work.Do(item), options).ForEach(_ => { }).Start();
    if (mode == "drain")
    {
        await more.Task;
        PipelineReport report = await run.StopAsync(TimeSpan.FromSeconds(30));
        Console.WriteLine(
            $"{report.Outcome.ToString().ToLowerInvariant()}, {(report.Undelivered == 0 ? "nothing" : "something")} undelivered, " +
            $"{(report.Blocks[1].Workers.Sum(worker => worker.Restarts) == 0 ? "no" : "some")} restarts");
        return 0;
    }

    await run.Completion;
    return 0;
}

static async IAsyncEnumerable<Errand> Items(Errand errand, string mode, Task more)
{
    for (int i = 0; mode == "drain" ? !more.IsCompleted : i < 20; i++)
    {
        yield return errand;
        await Task.Yield();
    }

    await more;
}

internal static class Work
{
    private static bool s_hasSpoken;

    // All workers are to have something to do, and to say so, before the first of them takes more.
    public static int Do(Errand errand)
    {
        if (!s_hasSpoken)
        {
            s_hasSpoken = true;
            Console.WriteLine($"worker {Environment.ProcessId}");
            errand.Begun.Add(1);
        }

        while (errand.Begun.Value < errand.Workers)
        {
            Thread.Yield();
        }

        if (errand.Mode == "busy")
        {
            Thread.Sleep(Timeout.Infinite);
        }

        return 0;
    }
}

/// <summary>What a worker is to do, and how many have begun of how many.</summary>
internal sealed record Errand(string Mode, SharedNumber Begun, int Workers);

internal sealed record Person(string Name, string Street, int Age, Guid Id, DateTime Born)
{
    public static Person Of(int number) => new("Jane Doe of Somewhere", "12 Long Road", number % 90, Guid.Empty, DateTime.UnixEpoch);
}
