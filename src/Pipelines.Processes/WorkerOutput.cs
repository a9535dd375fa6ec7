namespace Pipelines.Processes;

/// <summary>Something that code in a worker process has printed.</summary>
/// <param name="ProcessId">The number of the process in the system.</param>
/// <param name="Text">What, as it came: a line may come in parts, and several at once.</param>
/// <param name="IsError">Whether it was printed to the error output.</param>
public readonly record struct WorkerOutput(int ProcessId, string Text, bool IsError);
