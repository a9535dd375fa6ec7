namespace Pipelines.Processes;

/// <summary>Something that is to happen when a worker's scope is disposed.</summary>
internal sealed class OnDispose(Func<ValueTask> end) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => end();
}
