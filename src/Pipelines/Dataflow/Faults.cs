using System.Runtime.ExceptionServices;

namespace Pipelines.Dataflow;

/// <summary>How the end of a Dataflow block is told as an end of ours.</summary>
internal static class Faults
{
    /// <summary>Throws what a completed task failed with, as it was thrown: without the wrapping that each link between blocks adds.</summary>
    public static void ThrowIfFailed(Task completion)
    {
        Debug.Assert(completion.IsCompleted, "Nothing here waits.");
        if (completion.Exception is { } wrapped)
        {
            ExceptionDispatchInfo.Throw(Unwrap(wrapped));
        }

        if (completion.IsCanceled)
        {
            throw new TaskCanceledException(completion); // for a run of ours, somebody else's cancellation is a failure
        }
    }

    public static Exception Unwrap(Exception error)
    {
        while (error is AggregateException { InnerExceptions: [var only] })
        {
            error = only;
        }

        return error;
    }
}
