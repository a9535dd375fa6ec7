using System.CommandLine;
using System.Runtime.InteropServices;
using Pipelines;
using Pipelines.Processes;

namespace Demos;

/// <summary>A native fault in one item of a thousand, in a worker process.</summary>
internal static class Crash
{
    private const int Bad = 500;

    private const string Explanation =
        "Works on 1,000 items in two worker processes. One of the items writes where there is no memory, which ends a process and no pipeline:\n"
        + "the other 999 results come in order, and the one that is to blame is a dead letter with the signal that it died of.";

    public static Demo Demo { get; } = new("crash", "Survives a native fault in one item of a thousand.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console)
    {
        console.Output.WriteLine(Explanation);
        var letters = new List<DeadLetter>();

        // <crash>
        List<int> results = await Pipeline.Range(0, 1000)
            .Select(Decode, new()
            {
                Parallelism = 2,
                OnError = ErrorPolicy.DeadLetter(letters.Add),
                Workers = new ProcessWorkers { Attempts = 2, OnOutput = _ => { } },
            })
            .ToListAsync();
        // </crash>

        console.Output.WriteLine($"{results.Count} results, in order: {results.SequenceEqual(results.Order())}.");
        foreach (DeadLetter letter in letters)
        {
            var crash = (WorkerCrashedException)letter.Exception;
            console.Output.WriteLine($"Item {letter.Item} killed {crash.Attempts} worker processes, one after the other (signal {crash.Signal}).");
        }

        return ExitCode.Success;
    }

    // What a native decoder does with a bad file.
    private static int Decode(int number)
    {
        if (number == Bad)
        {
            Marshal.WriteByte(0, 0);
        }

        return number;
    }

    private static Command CreateCommand(DemoConsole console)
    {
        var command = new Command("crash", Explanation);
        command.SetAction((_, _) => RunAsync(console));
        return command;
    }
}
