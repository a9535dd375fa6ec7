using System.CommandLine;

namespace Demos;

/// <summary>A demo: a name and a line for the list, and the command that runs it.</summary>
/// <remarks>A new demo is one file with a static <c>Demo</c> property, and one line in <see cref="All"/>.</remarks>
internal sealed record Demo(string Name, string Summary, Func<DemoConsole, Command> CreateCommand)
{
    /// <summary>All demos; the first is the one that runs when none is named.</summary>
    public static IReadOnlyList<Demo> All { get; } = [
        Words.Demo,
        ParallelWays.Demo,
        PipeEnd.Demo,
        QueueDone.Demo,
        Experiment.Demo,
        PipeClosing.Demo,
        SharedCounter.Demo,
        SharedNamespace.Demo,
        Resources.Demo,
        PoolMap.Demo,
        WorkerPools.Demo,
        Crash.Demo,
        Download.Demo,
        DownloadPipeline.Demo,
        ServiceDemo.Demo,
    ];
}
