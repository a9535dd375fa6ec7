namespace Pipelines.Tests.Ownership;

/// <summary>An item that somebody has to dispose, and that knows how often it was.</summary>
internal class Owned(int number)
{
    private int _disposals;

    public int Number => number;

    public int Disposals => Volatile.Read(ref _disposals);

    protected void Count() => Interlocked.Increment(ref _disposals);
}

internal sealed class Disposed(int number) : Owned(number), IDisposable
{
    public void Dispose() => Count();
}

/// <summary>Can be disposed asynchronously only, and takes its time.</summary>
internal sealed class DisposedLater(int number) : Owned(number), IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        Count();
    }
}
