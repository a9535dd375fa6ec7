namespace Pipelines.Tests.Execution;

/// <summary>Runs nothing before it is released, then everything on the thread pool: what is asked of a run meanwhile comes before its first item.</summary>
internal sealed class HeldScheduler : TaskScheduler
{
    private readonly Lock _gate = new();
    private List<Task>? _held = [];

    public void Release()
    {
        List<Task> held;
        lock (_gate)
        {
            held = _held ?? [];
            _held = null;
        }

        held.ForEach(Run);
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            if (_held is not null)
            {
                _held.Add(task);
                return;
            }
        }

        Run(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Run(Task task) => ThreadPool.UnsafeQueueUserWorkItem(_ => TryExecuteTask(task), null);
}
