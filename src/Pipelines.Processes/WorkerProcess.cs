namespace Pipelines.Processes;

/// <summary>Whether this process is a worker, and how a program becomes one whose <c>Main</c> is reached all the same.</summary>
public static class WorkerProcess
{
    /// <summary>Whether this process was started as a worker of a pipeline.</summary>
    public static bool IsWorker => WorkerHost.IsWanted;

    /// <summary>If this process was started as a worker, works until its parent needs it no more, and then ends the process.</summary>
    /// <remarks>
    /// Most programs need not call it: a worker begins before <c>Main</c>. Trimmed programs, which do not, call it first in <c>Main</c>:
    /// <c>if (WorkerProcess.TryRun()) return;</c>.
    /// </remarks>
    /// <returns>False: this process is no worker, and goes on.</returns>
    public static bool TryRun()
    {
        if (!IsWorker || WorkerHost.HasBegun)
        {
            return false;
        }

        WorkerHost.RunAndExit();
        return true;
    }

    /// <exception cref="InvalidOperationException">This process is a worker: it starts no workers of its own.</exception>
    internal static void RefuseInWorker()
    {
        if (IsWorker)
        {
            throw new InvalidOperationException(
                WorkerHost.HasBegun
                    ? "A worker process starts no worker processes: put the blocks with ProcessWorkers one behind the other in one pipeline."
                    : "This process was started as a worker and has come to code that would start workers in its turn. Its runtime calls no startup hooks: " +
                        "write 'if (WorkerProcess.TryRun()) return;' first in Main.");
        }
    }
}
