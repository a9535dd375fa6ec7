using System.Collections.Concurrent;

namespace Pipelines.Tests.Workers;

/// <summary>A worker's resource that notices whether two jobs use it at once, and knows how often it was disposed.</summary>
internal sealed class Resource(ConcurrentQueue<Resource> all) : IAsyncDisposable
{
    private int _users;
    private int _disposals;

    public int Disposals => Volatile.Read(ref _disposals);

    public bool IsDead { get; set; }

    public Exception? DisposalException { get; init; }

    /// <summary>Makes one, and remembers it.</summary>
    public static Resource Create(ConcurrentQueue<Resource> all)
    {
        var resource = new Resource(all);
        all.Enqueue(resource);
        return resource;
    }

    /// <summary>Uses it for as long as <paramref name="work"/> takes.</summary>
    public async Task<T> UseAsync<T>(Func<Task<T>> work)
    {
        Assert.Equal(1, Interlocked.Increment(ref _users));
        Assert.Equal(0, Disposals);
        Assert.False(IsDead, "A job was begun on a resource that had faulted.");
        try
        {
            return await work();
        }
        finally
        {
            Interlocked.Decrement(ref _users);
        }
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        Assert.Contains(this, all);
        Assert.Equal(0, Volatile.Read(ref _users));
        return DisposalException is { } failure ? ValueTask.FromException(failure) : default;
    }
}
