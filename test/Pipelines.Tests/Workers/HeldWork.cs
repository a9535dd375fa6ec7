using System.Collections.Concurrent;

namespace Pipelines.Tests.Workers;

/// <summary>Work that goes no further until the test says so, and obeys its token meanwhile. Its result is its item.</summary>
internal sealed class HeldWork : IDisposable
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<int> _items = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];

    /// <summary>What was begun, in that order.</summary>
    public IReadOnlyCollection<int> Items => _items;

    public async ValueTask<int> DoAsync(int item, CancellationToken token)
    {
        lock (_awaited)
        {
            _items.Enqueue(item);
            _awaited.RemoveAll(awaited => awaited.Count <= _items.Count && awaited.Reached.TrySetResult());
        }

        await _released.Task.WaitAsync(token);
        return item;
    }

    /// <summary>Ends when so many were begun.</summary>
    public Task Begun(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_awaited)
        {
            if (count <= _items.Count)
            {
                return Task.CompletedTask;
            }

            _awaited.Add((count, reached));
        }

        return reached.Task;
    }

    public void Release() => _released.TrySetResult();

    public void Dispose() => Release();
}
