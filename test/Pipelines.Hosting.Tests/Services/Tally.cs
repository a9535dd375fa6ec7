namespace Pipelines.Hosting.Tests.Services;

/// <summary>Counts what became of scoped services.</summary>
public sealed class Tally
{
    private int _made, _disposed, _used, _atOnce;

    public int Made => _made;

    public int Disposed => _disposed;

    public int Used => _used;

    public void Make() => Interlocked.Increment(ref _made);

    public void Use() => Interlocked.Increment(ref _used);

    public void Dispose() => Interlocked.Increment(ref _disposed);

    public int Enter() => Interlocked.Increment(ref _atOnce);

    public void Leave() => Interlocked.Decrement(ref _atOnce);
}

/// <summary>A scoped service that can only be disposed asynchronously, refuses to be used by two items at once, and notices a second disposal.</summary>
public sealed class Pricing : IAsyncDisposable
{
    private readonly Tally _tally;
    private int _users;
    private int _isDisposed;

    public Pricing(Tally tally)
    {
        _tally = tally;
        _tally.Make();
    }

    public async Task<Priced> PriceAsync(Order order, CancellationToken token)
    {
        Assert.Equal(1, Interlocked.Increment(ref _users));
        Assert.Equal(0, _isDisposed);
        await Task.Yield();
        token.ThrowIfCancellationRequested();
        _tally.Use();
        Interlocked.Decrement(ref _users);
        return order.Number < 0 ? throw new InvalidDataException("A negative order.") : new(order, order.Number * 2);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        Assert.Equal(0, Interlocked.Exchange(ref _isDisposed, 1));
        _tally.Dispose();
    }
}

/// <summary>A scoped service that takes batches, and can only be disposed synchronously.</summary>
public sealed class Store(Tally tally, List<Priced> saved) : IDisposable
{
    public Task SaveAsync(Priced[] batch)
    {
        lock (saved)
        {
            saved.AddRange(batch);
        }

        return Task.CompletedTask;
    }

    public void Dispose() => tally.Dispose();
}
