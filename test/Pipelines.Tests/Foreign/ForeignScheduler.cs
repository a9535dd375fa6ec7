using System.Runtime.CompilerServices;

namespace Pipelines.Tests.Foreign;

/// <summary>A scheduler of somebody else's, which does with a task what its kind says, and knows how much of what it has taken has not ended.</summary>
internal abstract class ForeignScheduler : TaskScheduler
{
    private int _unfinished;
    private int _calls;

    /// <summary>What it has taken and what has not ended.</summary>
    public int Unfinished => Volatile.Read(ref _unfinished);

    /// <summary>How often the library has queued something; what code under test awaits for itself is not counted.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Whether it has thrown.</summary>
    public bool HasThrown { get; private set; }

    protected sealed override void QueueTask(Task task)
    {
        // Continuations of a delegate's own awaits come here too. To refuse those is to lose them, or to end the process: the runtime's doing, and nobody's
        // to mend. Those of the library's awaits are not spared.
        if (!IsOurs(task.AsyncState is Action { Target: { } rest } ? rest.GetType() : task.AsyncState?.GetType()))
        {
            Take(task);
            ThreadPool.UnsafeQueueUserWorkItem(_ => Run(task), null);
            return;
        }

        Queue(task, Interlocked.Increment(ref _calls));
    }

    /// <summary>Gets the library's task, with its number from 1 on.</summary>
    protected abstract void Queue(Task task, int number);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    protected Exception Throws()
    {
        HasThrown = true;
        return new HostileException("the scheduler refuses");
    }

    // The library's own, or what the runtime keeps the rest of one of its asynchronous methods in.
    private static bool IsOurs(Type? state) => state is not null
        && (state.Assembly == typeof(Pipeline).Assembly
            || state.GenericTypeArguments.Any(one => one.Assembly == typeof(Pipeline).Assembly && one.IsAssignableTo(typeof(IAsyncStateMachine))));

    protected void Take(Task task) => Interlocked.Increment(ref _unfinished);

    protected void Run(Task task)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // the test runner's: an await would prefer it to this scheduler
        TryExecuteTask(task);
        SynchronizationContext.SetSynchronizationContext(context);
        Interlocked.Decrement(ref _unfinished);
    }
}
