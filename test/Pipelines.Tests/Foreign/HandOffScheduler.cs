namespace Pipelines.Tests.Foreign;

/// <summary>Does not return before another thread has begun, or has ended, the task.</summary>
internal sealed class HandOffScheduler(bool untilEnded) : ForeignScheduler
{
    protected override void Queue(Task task, int number)
    {
        Take(task);
        using var reached = new ManualResetEventSlim();
        bool begun = false;
        Hands.Do(() =>
        {
            if (!untilEnded)
            {
                Volatile.Write(ref begun, true);
                Signal();
            }

            Run(task);
            if (untilEnded)
            {
                Signal();
            }

            void Signal()
            {
                lock (reached)
                {
                    reached.Set();
                }
            }
        });
        reached.Wait();
        lock (reached)
        {
            // Whoever has set it has left it: it is disposed here.
        }
    }
}
