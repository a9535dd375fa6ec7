namespace Pipelines.Tests.Foreign;

/// <summary>Executes a task within the call that queues it.</summary>
internal sealed class InlineScheduler : ForeignScheduler
{
    protected override void Queue(Task task, int number)
    {
        Take(task);
        Run(task);
    }
}
