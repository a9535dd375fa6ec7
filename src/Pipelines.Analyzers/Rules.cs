using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers;

/// <summary>What the analyzers find. Each rule has its page: docs/analyzers/PIPE001.md and so on.</summary>
internal static class Rules
{
    private const string Usage = "Usage";
    private const string Concurrency = "Concurrency";
    private const string Performance = "Performance";

    public static readonly DiagnosticDescriptor AsynchronousDelegate = new(
        "PIPE001",
        "An asynchronous delegate is given to a synchronous block",
        "'{0}' takes a synchronous delegate: for an asynchronous one {1}",
        Usage,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        "The block would pass tasks on instead of awaiting them: its failures, its limits and its end would be those of nobody.");

    public static readonly DiagnosticDescriptor NeverRun = new(
        "PIPE002",
        "A pipeline is built and never run",
        "This pipeline is only a description and is dropped, so nothing happens: {0}",
        Usage,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A pipeline is an immutable blueprint. Each operator gives a new one, and nothing runs before a member that runs it is called.");

    public static readonly DiagnosticDescriptor RunThatNobodyKeeps = new(
        "PIPE003",
        "Nobody keeps the run that is started",
        "Nobody keeps this run, so nobody hears of its failure or can stop it: keep it and await its 'Completion', or await 'RunAsync' instead",
        Usage,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "What a run fails with is in its Completion and nowhere else.");

    public static readonly DiagnosticDescriptor StoppingTokenAborts = new(
        "PIPE004",
        "The stopping token of a background service aborts a run",
        "'{0}' given the stopping token aborts what is in flight when the host stops: 'Start' without it and call 'StopAsync', which lets everything arrive",
        Usage,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A run's token aborts it. StopAsync stops the producers and delivers what is in flight.");

    public static readonly DiagnosticDescriptor SharedState = new(
        "PIPE005",
        "Parallel workers change shared state",
        "'{0}' is changed by several workers of '{1}' at once and nothing guards it: return results and collect them behind the block, or guard it",
        Concurrency,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The delegate of a block with a Parallelism above 1 runs on several threads. Ordinary collections, StringBuilder and x++ lose changes then, or break.");

    public static readonly DiagnosticDescriptor BlockingCall = new(
        "PIPE006",
        "A block's delegate blocks its thread",
        "'{0}' blocks the thread that the delegate of '{1}' runs on: {2}",
        Concurrency,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A blocked thread is one that the rest of the pipeline cannot use, and cancelling the run does not end the wait.");

    public static readonly DiagnosticDescriptor FusedBehindPool = new(
        "PIPE007",
        "Many fused steps behind a pool",
        "The {0} steps behind the pool '{1}' run one item at a time: if they are heavy, do their work in the pool's delegate",
        Performance,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "Synchronous steps behind a parallel block are fused into one loop, which is as slow as all of them together.");
}
