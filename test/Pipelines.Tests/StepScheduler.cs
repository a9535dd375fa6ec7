using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Tests;

/// <summary>Runs everything on the one thread that asks it to, one task after the other, in an order chosen from a seed.</summary>
/// <remarks>
/// So a run's interleaving is the seed's and can be replayed. And when nothing is queued although the run has not ended, then something of it
/// executes elsewhere, or nothing ever will: both break a promise.
/// </remarks>
internal sealed class StepScheduler(int seed) : TaskScheduler
{
    private readonly List<Task> _queued = [];

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
    private readonly Random _random = new(seed);

    /// <summary>How many tasks have been executed.</summary>
    public int Steps { get; private set; }

    /// <summary>Executes the next task. False: there is none.</summary>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
    public bool Step()
    {
        Task next;
        lock (_queued)
        {
            if (_queued.Count == 0)
            {
                return false;
            }

            int chosen = _random.Next(_queued.Count);
            next = _queued[chosen];
            _queued.RemoveAt(chosen);
        }

        Steps++;
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // the test runner's: an await would prefer it to this scheduler
        try
        {
            return TryExecuteTask(next);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Executes everything until the run has ended.</summary>
    public void RunToItsEnd(PipelineRun run, string context = "")
    {
        while (Step())
        {
        }

        Assert.True(run.Completion.IsCompleted, $"Nothing is queued, and the run has not ended (seed {seed}). {context}\n{run.Snapshot()}");
    }

    protected override void QueueTask(Task task)
    {
        lock (_queued)
        {
            _queued.Add(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
