namespace Pipelines.Tests.Foreign;

/// <summary>Throws at the calls that it is told to; otherwise the thread pool.</summary>
internal sealed class ThrowingScheduler(Func<int, bool> throwsAt) : ForeignScheduler
{
    protected override void Queue(Task task, int number)
    {
        if (throwsAt(number))
        {
            throw Throws();
        }

        Take(task);
        ThreadPool.UnsafeQueueUserWorkItem(_ => Run(task), null);
    }
}
