namespace Pipelines.Processes;

/// <summary>Whether this process is a worker, and how a program becomes one whose <c>Main</c> is reached all the same.</summary>
public static class WorkerProcess
{
    /// <summary>Whether this process was started as a worker of a pipeline.</summary>
    public static bool IsWorker => WorkerHost.IsWanted;

    /// <summary>What was registered; null if nothing was.</summary>
    internal static WorkerRegistry? Registry { get; private set; }

    /// <summary>If this process was started as a worker, works until its parent needs it no more, and then ends the process.</summary>
    /// <remarks>
    /// Most programs need not call it: a worker begins before <c>Main</c>. Trimmed and native programs, whose workers do not, call it first in <c>Main</c>, and
    /// name the functions that workers execute: <c>if (WorkerProcess.TryRun(registry => registry.Select&lt;int, int&gt;(Work.Square))) return;</c>. Functions
    /// that are registered are reached this way in every program.
    /// </remarks>
    /// <param name="register">Registers functions, and says how items are carried; called in both processes. Null: nothing.</param>
    /// <returns>False: this process is no worker, and goes on.</returns>
    /// <exception cref="ArgumentException">Two functions have one key.</exception>
    public static bool TryRun(Action<WorkerRegistry>? register = null)
    {
        if (register is not null)
        {
            var registry = new WorkerRegistry();
            register(registry);
            Registry = registry;
        }

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
                        "write 'if (WorkerProcess.TryRun()) return;' first in Main, in a trimmed or native program with a delegate that registers its "
                        + "functions.");
        }
    }
}
