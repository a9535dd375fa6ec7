namespace Pipelines.Processes;

/// <summary>How a worker process has ended.</summary>
[DebuggerDisplay("{ProcessId}: {Reason}, exit code {ExitCode}")]
public sealed class WorkerExit
{
    /// <summary>The number that the process had in the system.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Why it ended.</summary>
    public required WorkerExitReason Reason { get; init; }

    /// <summary>How it ended, as the system says it: 128 and the signal's number, if it was one.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that ended it; null if it was none, or none is known.</summary>
    public int? Signal => OperatingSystem.IsWindows() || ExitCode is <= 128 or > 128 + 64 ? null : ExitCode - 128;

    /// <summary>The end of what it wrote to its error output, or to its output if that was all.</summary>
    public required string OutputTail { get; init; }
}

/// <summary>Why a worker process has ended.</summary>
public enum WorkerExitReason
{
    /// <summary>By itself, while it was needed: it was killed by somebody, crashed, or left.</summary>
    Crashed,

    /// <summary>Nothing was left to do, or it was replaced between two items.</summary>
    Left,

    /// <summary>It was killed by its parent: an item took too long, the run was aborted, what it had written was damaged, or it did not leave in
    /// time.</summary>
    Killed,
}
