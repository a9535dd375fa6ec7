using System.Globalization;

namespace Pipelines.Processes;

/// <summary>A worker process died, on an item as often as <see cref="ProcessWorkers.Attempts"/> allows, or before it took any.</summary>
public sealed class WorkerCrashedException : Exception
{
    internal WorkerCrashedException(string what, WorkerExit exit, int attempts)
        : base(Text(what, exit))
    {
        ExitCode = exit.ExitCode;
        Signal = exit.Signal;
        OutputTail = exit.OutputTail;
        Attempts = attempts;
    }

    /// <summary>How the process ended, as the system says it: 128 and the signal's number, if it was one.</summary>
    public int ExitCode { get; }

    /// <summary>The signal that ended it; null if it was none, or none is known.</summary>
    public int? Signal { get; }

    /// <summary>How often the item was begun; 0 if it was about none.</summary>
    public int Attempts { get; }

    /// <summary>The end of what the process wrote to its error output, or to its output if that was all.</summary>
    public string OutputTail { get; }

    private static string Text(string what, WorkerExit exit)
    {
        string how = exit.Signal is { } signal
            ? string.Create(CultureInfo.InvariantCulture, $"signal {signal}{Name(signal)}")
            : string.Create(CultureInfo.InvariantCulture, $"exit code {exit.ExitCode}");
        string text = $"{what} ({how}).";
        return exit.OutputTail.Length == 0 ? text : $"{text} It said last: {exit.OutputTail}";
    }

    private static string Name(int signal) => signal switch
    {
        4 => ", an illegal instruction",
        6 => ", an abort",
        7 or 10 => ", a bus error",
        8 => ", an arithmetic fault",
        9 => ", a kill",
        11 => ", a segmentation fault",
        15 => ", a request to end",
        _ => "",
    };
}
