namespace Pipelines.Execution;

/// <summary>What belongs to one worker of a pool: the block it works for, and the resources to dispose when it ends.</summary>
internal sealed class WorkerScope(BlockRun block)
{
    private List<object>? _resources;

    public BlockRun Block { get; } = block;

    public T Own<T>(T resource)
    {
        if (resource is IAsyncDisposable or IDisposable)
        {
            (_resources ??= []).Add(resource);
        }

        return resource;
    }

    /// <summary>Disposes each resource once, the last first, whatever the others throw. The first of that is the block's, and fails the run; nothing comes
    /// out.</summary>
    public async ValueTask EndAsync()
    {
        Exception? first = null;
        while (_resources is [.., { } resource])
        {
            _resources.RemoveAt(_resources.Count - 1);
            try
            {
                if (resource is IAsyncDisposable asynchronous)
                {
                    await asynchronous.DisposeAsync().Queued(Block.Run.Edge);
                }
                else
                {
                    ((IDisposable)resource).Dispose();
                }
            }
            catch (Exception error) when (first is null)
            {
                first = error;
            }
            catch (Exception error)
            {
                Block.Note(error);
            }
        }

        if (first is not null)
        {
            Block.Original.Caught(first);
        }
    }
}
