namespace Pipelines.Execution;

/// <summary>A synchronous sequence as one that never waits, enumerated once.</summary>
internal sealed class SynchronousSequence<T>(IEnumerable<T> items) : IAsyncEnumerable<T>, IAsyncEnumerator<T>
{
    private IEnumerator<T> _items = null!;

    public T Current => _items.Current;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        _items = items.GetEnumerator();
        return this;
    }

    public ValueTask<bool> MoveNextAsync() => new(_items.MoveNext());

    public ValueTask DisposeAsync()
    {
        _items.Dispose();
        return default;
    }
}
