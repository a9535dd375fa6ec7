using System.CommandLine;
using Pipelines;

namespace Demos;

/// <summary>A function mapped over a list by a pool of workers: whatever can be called can be mapped.</summary>
internal static class PoolMap
{
    private const string Explanation =
        "Maps a function over [1, 2, 3] with a pool of three workers: a static method, a local function, a bound method, a closure.\n"
        + "Results come in the order of the list. The pool ends by being asked: no worker is killed with half of its work done.";

    private static readonly BlockOptions s_threeAtOnce = new() { Parallelism = 3 };

    public static Demo Demo { get; } = new("pool-map", "Maps a function over a list with a pool of workers.", CreateCommand);

    private static int Square(int x) => x * x;

    private static async Task<int> RunAsync(DemoConsole console)
    {
        console.Output.WriteLine(Explanation);
        var calculator = new Calculator(power: 2);
        int factor = 1;

        Print("static method", await MapAsync(Square));
        Print("local function", await MapAsync(LocalSquare));
        Print("bound method", await MapAsync(calculator.Raise));
        Print("closure", await MapAsync(x => x * x * factor));
        await StopInTheMiddleAsync(console.Output);
        return ExitCode.Success;

        static int LocalSquare(int x) => x * x;
        void Print(string what, List<int> results) => console.Output.WriteLine($"{what,-14} [{string.Join(", ", results)}]");
    }

    // <pool-map>
    private static Task<List<int>> MapAsync(Func<int, int> f) =>
        Pipeline.From([1, 2, 3]).Select(f, s_threeAtOnce).ToListAsync();
    // </pool-map>

    // Each transfer takes from one account and gives to another. Abort while thousands of them wait: a transfer that was begun is still finished.
    private static async Task StopInTheMiddleAsync(TextWriter output)
    {
        int[] accounts = [50, 50];
        var middle = new TaskCompletionSource();

        Pipeline transfers = Pipeline.Range(0, int.MaxValue)
            .Select(Transfer, s_threeAtOnce)
            .ForEach(number =>
            {
                if (number == 1000)
                {
                    middle.SetResult();
                }
            });

        await using PipelineRun run = transfers.Start();
        await middle.Task;
        run.Abort();
        PipelineReport report = await run.Completion;
        output.WriteLine($"{report.Outcome} in the middle: the accounts still hold {accounts.Sum()} together.");

        int Transfer(int number)
        {
            lock (accounts)
            {
                accounts[number % 2]--;
                accounts[(number + 1) % 2]++;
                return number;
            }
        }
    }

    private static Command CreateCommand(DemoConsole console) =>
        InProcesses.CreateCommand("pool-map", Explanation, console, () => RunAsync(console), InProcesses.MapAsync);

    private sealed class Calculator(int power)
    {
        public int Raise(int x) => (int)Math.Pow(x, power);
    }
}
