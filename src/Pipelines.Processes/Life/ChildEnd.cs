using Pipelines.Execution;

namespace Pipelines.Processes;

/// <summary>The end of a process that is not needed any more.</summary>
internal static class ChildEnd
{
    /// <summary>Tells it to leave, and waits for that. What its end throws is not about an item, and fails the run.</summary>
    /// <param name="child">The process; nobody else looks at its rings any more.</param>
    /// <param name="stage">What it did.</param>
    /// <param name="block">Where it is noted what changes nothing.</param>
    /// <param name="isCancelled">Whether the run is aborted.</param>
    public static async Task LeaveAsync(ChildProcess child, Stage stage, BlockRun block, bool isCancelled)
    {
        WorkerExit exit = await child.LeaveAsync(isCancelled);
        Exception? broken = isCancelled ? null : LastWords(child);
        if (child.CallbackError is { } error)
        {
            block.Note(error);
        }

        child.Dispose();
        if (broken is not null)
        {
            throw broken;
        }

        if (!isCancelled && exit is { Reason: WorkerExitReason.Left, ExitCode: not 0 })
        {
            block.Note(new WorkerCrashedException($"{stage.Name}: a worker process crashed while it left", exit, attempts: 0));
        }
    }

    /// <summary>It has died before it was ready. Whoever was killed from outside may try again; one that ends by itself would do so again.</summary>
    /// <exception cref="WorkerCrashedException">It is not to be started again.</exception>
    public static void InStart(Stage stage, WorkerExit exit, Doom doom, int inARow)
    {
        if (doom == Doom.StartedTooLate)
        {
            throw new WorkerCrashedException(
                $"{stage.Name}: a worker process was not ready within {stage.Options.StartTimeout} and was killed", exit, attempts: 0);
        }

        if (exit.Signal != 9 || inARow >= Math.Max(3, stage.Options.Attempts))
        {
            throw new WorkerCrashedException($"{stage.Name}: a worker process ended before it was ready for its first item", exit, attempts: 0);
        }
    }

    private static Exception? LastWords(ChildProcess child)
    {
        try
        {
            while (child.Answers.TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes))
            {
                if (kind == Frame.Broken)
                {
                    return WorkerFailure.FromBytes(bytes);
                }

                child.Answers.Take();
            }

            return null;
        }
        catch (InvalidDataException damaged)
        {
            return damaged;
        }
    }
}
