using Pipelines.Channels;
using Spectre.Console;
using System.CommandLine;
using System.Threading.Channels;

namespace Demos;

/// <summary>Real bytes from a real web server, by a pool of workers, over a line that breaks once.</summary>
internal static class Download
{
    private const string Explanation =
        "Downloads six files from a web server on this machine with a pool of workers, in chunks, and checks their SHA-256.\n"
        + "The server drops the connection in the middle of one file: that worker is replaced, and the new one fetches the file again.";

    public static Demo Demo { get; } = new("download", "Downloads files with a pool of workers, over a line that breaks.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console, int workers)
    {
        console.Output.WriteLine(Explanation);
        await using FileServer server = FileServer.Start(drops: "large.bin");
        using var folder = new TemporaryFolder();
        Transfer[] transfers = [.. server.Files.Select(url => new Transfer(url, folder.Path))];
        Action<string> print = console.Screen is { } screen ? screen.WriteLine : console.Output.WriteLine;

        await using WorkerPool<Transfer, string> pool = CreatePool(workers, print);
        Task<WorkerPoolReport> download = DownloadAsync(pool, transfers, print, console.Interrupts);
        await TransferBars.ShowUntilAsync(download, transfers, console);
        WorkerPoolReport report = await download;

        bool complete = report.Succeeded == transfers.Length;
        console.Output.WriteLine(complete ? "All jobs were completed." : "Interrupted.");
        console.Output.WriteLine($"{report.Succeeded} of {transfers.Length} files; connections lost: {report.WorkerFaults}, files lost: {report.Failed}.");
        return complete ? ExitCode.Success : ExitCode.Interrupted;
    }

    // <download>
    private static WorkerPool<Transfer, string> CreatePool(int workers, Action<string> print) => WorkerPool.Create(
        () => new HttpClient(),                                         // each worker has its own
        (HttpClient client, Transfer transfer, CancellationToken token) =>
        {
            print($"begin download {transfer.Url}");
            return transfer.FetchAsync(client, token);
        },
        new()
        {
            Parallelism = workers,
            IsWorkerFault = error => error is IOException or HttpRequestException,
            OnWorkerFault = fault => print($"connection lost in the middle of {((Transfer)fault.Item!).Name}: fetching it again"),
        });

    private static async Task<WorkerPoolReport> DownloadAsync(
        WorkerPool<Transfer, string> pool, Transfer[] transfers, Action<string> print, Interrupts interrupts)
    {
        foreach (Transfer transfer in transfers)
        {
            await pool.AddAsync(transfer);
        }

        Task<WorkerPoolReport> completion = pool.CompleteAsync();
        Task printing = PrintAsync(pool.Results, print);
        if (await Task.WhenAny(printing, interrupts.First) == interrupts.First)
        {
            await pool.StopAsync(TimeSpan.Zero);
        }

        await printing;
        return await completion;
    }
    // </download>

    private static async Task PrintAsync(ChannelReader<string> results, Action<string> print)
    {
        try
        {
            await foreach (string line in results.ReadAllAsync())
            {
                print(line);
            }
        }
        catch (OperationCanceledException)
        {
            // Interrupted: the pool was stopped with jobs in it.
        }
    }

    private static Command CreateCommand(DemoConsole console)
    {
        var workers = new Option<int>("--workers") { Description = "How many files to download at once.", DefaultValueFactory = _ => 4 };
        workers.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out int count) && count < 1)
            {
                result.AddError("--workers must be at least 1.");
            }
        });
        var command = new Command("download", Explanation) { workers };
        command.SetAction((parsed, _) => RunAsync(console, parsed.GetValue(workers)));
        return command;
    }
}
