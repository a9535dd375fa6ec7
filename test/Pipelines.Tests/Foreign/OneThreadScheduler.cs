namespace Pipelines.Tests.Foreign;

/// <summary>Executes one task after the other, on one thread at a time.</summary>
internal sealed class OneThreadScheduler : ForeignScheduler
{
    private readonly Queue<Task> _waiting = [];
    private bool _isRunning;

    protected override void Queue(Task task, int number)
    {
        Take(task);
        lock (_waiting)
        {
            _waiting.Enqueue(task);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        Hands.Do(RunAll);
    }

    private void RunAll()
    {
        while (true)
        {
            Task? task;
            lock (_waiting)
            {
                if (!_waiting.TryDequeue(out task))
                {
                    _isRunning = false;
                    return;
                }
            }

            Run(task);
        }
    }
}
