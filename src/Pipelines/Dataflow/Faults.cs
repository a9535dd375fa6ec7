using System.Runtime.ExceptionServices;

namespace Pipelines.Dataflow;

/// <summary>How the end of a Dataflow block is told as an end of ours.</summary>
internal static class Faults
{
    /// <summary>
    /// Throws what a completed task failed with, as it was thrown: without the wrapping that each link between blocks adds. Of several failures it is the
    /// first; the others the run keeps.
    /// </summary>
    /// <param name="completion">The block's completion, which has ended.</param>
    /// <param name="run">The run that the block takes part in.</param>
    /// <param name="name">The name of the block there.</param>
    public static void ThrowIfFailed(Task completion, PipelineRun run, string name)
    {
        Debug.Assert(completion.IsCompleted, "Nothing here waits.");
        if (completion.Exception is { } wrapped)
        {
            ExceptionDispatchInfo.Throw(First(wrapped, run, name));
        }

        if (completion.IsCanceled)
        {
            throw new TaskCanceledException(completion); // for a run of ours, somebody else's cancellation is a failure
        }
    }

    /// <summary>The first failure of possibly several, bare. The run keeps the others as later ones.</summary>
    public static Exception First(Exception error, PipelineRun run, string name)
    {
        Exception[] all = [.. Leaves(error).Distinct()];
        foreach (Exception later in all.Skip(1))
        {
            run.NoteFailure(new BlockFailure { Block = name, Item = null, Exception = later });
        }

        return all.Length > 0 ? all[0] : error;
    }

    // In their order, which AggregateException.Flatten does not keep.
    private static IEnumerable<Exception> Leaves(Exception error) => error is AggregateException several ? several.InnerExceptions.SelectMany(Leaves) : [error];
}
