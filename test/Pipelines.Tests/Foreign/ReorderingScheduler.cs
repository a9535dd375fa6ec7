using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Tests.Foreign;

/// <summary>Executes what it has in any order but that in which it came.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
internal sealed class ReorderingScheduler(int seed) : ForeignScheduler
{
    private readonly List<Task> _waiting = [];
    private readonly Random _random = new(seed);

    protected override void Queue(Task task, int number)
    {
        Take(task);
        lock (_waiting)
        {
            _waiting.Add(task);
        }

        ThreadPool.UnsafeQueueUserWorkItem(_ => Run(Any()), null);
    }

    private Task Any()
    {
        lock (_waiting)
        {
            int chosen = _random.Next(_waiting.Count);
            Task task = _waiting[chosen];
            _waiting.RemoveAt(chosen);
            return task;
        }
    }
}
