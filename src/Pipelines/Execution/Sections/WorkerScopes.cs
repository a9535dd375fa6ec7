namespace Pipelines.Execution;

/// <summary>What the blocks of one worker's copy of a section own, to be disposed when the worker ends, each once, whatever the others throw.</summary>
internal struct WorkerScopes
{
    private List<WorkerScope>? _scopes;

    /// <summary>One more block owns something.</summary>
    public WorkerScope Add(BlockRun block)
    {
        var scope = new WorkerScope(block);
        (_scopes ??= []).Add(scope);
        return scope;
    }

    /// <summary>Disposes all of it. What that throws is the block's, as of each scope.</summary>
    public readonly ValueTask DisposeAsync() => _scopes is null ? default : DisposeAsync(_scopes);

    private static async ValueTask DisposeAsync(List<WorkerScope> scopes)
    {
        foreach (WorkerScope scope in scopes)
        {
            await scope.EndAsync().Queued(scope.Block.Run.Edge);
        }
    }
}
