using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Tests.Foreign;

/// <summary>Executes one task at a time, on the thread that asks it to, in an order that a seed says.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
internal sealed class SteppedScheduler(int seed) : TaskScheduler
{
    private readonly List<Task> _waiting = [];
    private readonly Random _random = new(seed);

    /// <summary>How many tasks it has been given and not executed.</summary>
    public int Waiting
    {
        get
        {
            lock (_waiting)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Runs a test with nothing about it that an await would prefer to this scheduler: the test runner has a context.</summary>
    public static void Run(Action test)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            test();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Executes all there is, and what comes of that.</summary>
    public void StepToRest()
    {
        while (TryStep())
        {
        }
    }

    /// <summary>Executes one. False: there is none.</summary>
    public bool TryStep()
    {
        Task task;
        lock (_waiting)
        {
            if (_waiting.Count == 0)
            {
                return false;
            }

            int chosen = _random.Next(_waiting.Count);
            task = _waiting[chosen];
            _waiting.RemoveAt(chosen);
        }

        TryExecuteTask(task);
        return true;
    }

    protected override void QueueTask(Task task)
    {
        lock (_waiting)
        {
            _waiting.Add(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
