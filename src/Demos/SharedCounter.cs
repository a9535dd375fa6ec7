using System.CommandLine;
using Pipelines.Workers;

namespace Demos;

/// <summary>Ten workers that each add 1 to a shared value ten times.</summary>
internal static class SharedCounter
{
    private const int Workers = 10;
    private const int Rounds = 10;

    private const string Explanation =
        "Ten workers each add 1 to a shared number ten times. First the way that loses updates: to read, and then to write, while others do the same.\n"
        + "Then with Shared<int>, which has no setter: an addition is one step, whoever comes in between.";

    public static Demo Demo { get; } = new("shared", "Adds to a shared number, and loses nothing.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console)
    {
        console.Output.WriteLine(Explanation);
        int racy = 0;
        await AllAsync(async allHaveRead =>
        {
            int value = racy;
            await allHaveRead.SignalAndWaitAsync();     // where others come in between: here always, elsewhere when it hurts most
            racy = value + 1;
            await allHaveRead.SignalAndWaitAsync();
        });
        console.Output.WriteLine($"read, then write: {racy}");

        // <shared>
        var number = new Shared<int>(0);
        await AllAsync(async allHaveRead =>
        {
            _ = number.Read().Value;
            await allHaveRead.SignalAndWaitAsync();
            number.Add(1);
            await allHaveRead.SignalAndWaitAsync();
        });
        console.Output.WriteLine($"Shared.Add:       {number.Read().Value}");
        // </shared>

        return ExitCode.Success;
    }

    private static async Task AllAsync(Func<Meeting, Task> addOne)
    {
        var meeting = new Meeting(Workers);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(WorkAsync)));

        async Task WorkAsync()
        {
            for (int round = 0; round < Rounds; round++)
            {
                await addOne(meeting);
            }
        }
    }

    private static Command CreateCommand(DemoConsole console) =>
        InProcesses.CreateCommand("shared", Explanation, console, () => RunAsync(console), InProcesses.SharedAsync);

    /// <summary>Where all wait for each other, again and again, without holding a thread.</summary>
    private sealed class Meeting
    {
        private readonly int _members;
        private readonly Lock _gate = new();
        private int _missing;
        private TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Meeting(int members) => _missing = _members = members;

        public Task SignalAndWaitAsync()
        {
            lock (_gate)
            {
                Task all = _all.Task;
                if (--_missing == 0)
                {
                    _missing = _members;
                    _all.SetResult();
                    _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                return all;
            }
        }
    }
}
