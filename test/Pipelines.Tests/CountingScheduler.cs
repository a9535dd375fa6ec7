namespace Pipelines.Tests;

/// <summary>Runs on the thread pool and knows how much of what it was given has not ended.</summary>
internal sealed class CountingScheduler : TaskScheduler
{
    private int _unfinished;
    private int _ever;

    public int Unfinished => Volatile.Read(ref _unfinished);

    public int Ever => Volatile.Read(ref _ever);

    protected override void QueueTask(Task task)
    {
        Interlocked.Increment(ref _unfinished);
        Interlocked.Increment(ref _ever);
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                TryExecuteTask(task);
                Interlocked.Decrement(ref _unfinished);
            },
            null);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
