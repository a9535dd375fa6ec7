using System.CommandLine;
using System.Threading.Channels;
using Pipelines;
using Pipelines.Workers;
using Spectre.Console;

namespace Demos;

/// <summary>Real bytes from a real web server, by a pool of workers, over a line that breaks once.</summary>
internal static class Download
{
    private const string Explanation =
        "Downloads six files from a web server on this machine with a pool of workers, in chunks, and checks their SHA-256.\n"
        + "The server drops the connection in the middle of one file: that worker is replaced, and the new one fetches the file again.";

    public static Demo Demo { get; } = new("download", "Downloads files with a pool of workers, over a line that breaks.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console, int workers, int drops)
    {
        console.Output.WriteLine(Explanation);
        await using FileServer server = FileServer.Start(drops);
        using var folder = new TemporaryFolder();
        Transfer[] transfers = [.. server.Files.Select(url => new Transfer(url, folder.Path))];
        Action<string> print = console.Screen is { } screen ? screen.WriteLine : console.Output.WriteLine;

        await using WorkerPool<Transfer, string> pool = CreatePool(workers, print);
        Task<WorkerPoolReport> download = DownloadAsync(pool, transfers, print, console.Interrupts);
        await TransferBars.ShowUntilAsync(download, transfers, console);
        WorkerPoolReport report = await download;

        bool interrupted = report.Succeeded + report.Failed < transfers.Length;
        console.Output.WriteLine(interrupted ? "Interrupted." : "All jobs were completed.");
        console.Output.WriteLine($"{report.Succeeded} of {transfers.Length} files; connections lost: {report.WorkerFaults}, files lost: {report.Failed}.");
        return interrupted ? ExitCode.Interrupted : report.Failed > 0 ? ExitCode.Incomplete : ExitCode.Success;
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
            OnWorkerFault = fault => print($"connection lost in the middle of {fault.Item}, attempt {fault.Attempt}"),
            OnError = ErrorPolicy.DeadLetter(letter => print($"gave up {letter.Item}")),
        });

    private static async Task<WorkerPoolReport> DownloadAsync(
        WorkerPool<Transfer, string> pool, Transfer[] transfers, Action<string> print, Interrupts interrupts)
    {
        Task printing = PrintAsync(pool.Results, print); // from the start: results that nobody reads hold the pool up
        foreach (Transfer transfer in transfers)
        {
            await pool.AddAsync(transfer);
        }

        Task<WorkerPoolReport> completion = pool.CompleteAsync();
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
        var drops = new Option<int>("--drops")
        {
            Description = "How often the server drops the connection. After three attempts a file is given up.",
            DefaultValueFactory = _ => 1,
        };
        RequireAtLeast(1, workers);
        RequireAtLeast(0, drops);
        var command = new Command("download", Explanation + "\nExit code: 0 done, 1 a file was given up, 2 bad input, 130 interrupted.") { workers, drops };
        command.SetAction((parsed, _) => RunAsync(console, parsed.GetValue(workers), parsed.GetValue(drops)));
        return command;
    }

    private static void RequireAtLeast(int least, Option<int> option) => option.Validators.Add(result =>
    {
        // What is no number at all has its own message.
        if (result.Tokens is [var token] && int.TryParse(token.Value, out int value) && value < least)
        {
            result.AddError($"{option.Name} must be at least {least}.");
        }
    });
}
