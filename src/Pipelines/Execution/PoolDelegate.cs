namespace Pipelines.Execution;

/// <summary>What a pool does with an item, and with that the kind of its workers.</summary>
internal abstract class PoolDelegate<TIn, TOut>
{
    public abstract PoolWorker<TIn, TOut> CreateWorker(PoolIsland<TIn, TOut> pool, int longestRun);
}

/// <summary>A synchronous delegate.</summary>
internal sealed class SynchronousDelegate<TIn, TOut>(Func<TIn, TOut> selector) : PoolDelegate<TIn, TOut>
{
    public override PoolWorker<TIn, TOut> CreateWorker(PoolIsland<TIn, TOut> pool, int longestRun) =>
        new SynchronousWorker<TIn, TOut>(pool, selector, longestRun);
}

/// <summary>An asynchronous delegate.</summary>
internal sealed class AsynchronousDelegate<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> selector) : PoolDelegate<TIn, TOut>
{
    public override PoolWorker<TIn, TOut> CreateWorker(PoolIsland<TIn, TOut> pool, int longestRun) =>
        new AsynchronousWorker<TIn, TOut>(pool, selector, longestRun);
}
