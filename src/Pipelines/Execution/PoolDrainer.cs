namespace Pipelines.Execution;

/// <summary>Passes the results of a pool on in the place of the worker that has come by the baton and has better things to do.</summary>
/// <remarks>
/// The results of items that were awaited come one by one. Scheduled behind the workers that are about to go on, it finds the results of all of them; and the chain, which every item
/// passes, stays on one core meanwhile. There is one baton, so one drainer at most has something to do; another may
/// be about to end.
/// </remarks>
internal sealed class PoolDrainer<TIn, TOut> : IThreadPoolWorkItem
{
    private readonly PoolIsland<TIn, TOut> _pool;
    private readonly Action _begin;
    private Task? _drain;

    public PoolDrainer(PoolIsland<TIn, TOut> pool)
    {
        _pool = pool;
        _begin = () => _drain = RunAsync();
    }

    void IThreadPoolWorkItem.Execute() => _pool.InContext(_begin);

    // Lets no exception out.
    private async Task RunAsync()
    {
        if (!_pool.TryDrain())
        {
            await _pool.DrainAsync();
        }

        if (_pool.EndDrainer())
        {
            await _pool.FinishAsync();
        }

        _pool.Run.ActivityEnded();
    }
}
