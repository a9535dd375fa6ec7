namespace Pipelines.Execution;

/// <summary>What a pool does with an item, and with that the kind of its workers.</summary>
internal abstract class PoolDelegate<TIn, TOut>
{
    /// <summary>Whether an item may be pending when its delegate returns.</summary>
    public virtual bool Awaits => false;

    /// <summary>Whether there may be more workers, or fewer, while it runs.</summary>
    public virtual bool CanChangeWorkers => false;

    /// <summary>What is to be known of one run, if there is such.</summary>
    public virtual PoolDelegate<TIn, TOut> ForRun(BlockRun head) => this;

    public abstract PoolWorker<TIn, TOut> CreateWorker(PoolIsland<TIn, TOut> pool, int longestRun);

    /// <summary>The same for one worker of a parallel section.</summary>
    public abstract Stage<TIn> CreateStage(BlockRun block, ISectionWorker worker, Stage<TOut> next);
}

/// <summary>A synchronous delegate, made for each worker when its first item comes.</summary>
internal sealed class SynchronousDelegate<TIn, TOut>(Func<WorkerScope, Func<TIn, TOut>> bind) : PoolDelegate<TIn, TOut>
{
    public override bool CanChangeWorkers => true;

    public override PoolWorker<TIn, TOut> CreateWorker(PoolIsland<TIn, TOut> pool, int longestRun) =>
        new SynchronousWorker<TIn, TOut>(pool, bind, longestRun);

    public override Stage<TIn> CreateStage(BlockRun block, ISectionWorker worker, Stage<TOut> next) =>
        LenientStage<TIn>.Around(new BoundStage<TIn, TOut>(block, worker, bind, next));
}

/// <summary>An asynchronous delegate, made for each worker when its first item comes.</summary>
internal sealed class AsynchronousDelegate<TIn, TOut>(Func<WorkerScope, Func<TIn, CancellationToken, ValueTask<TOut>>> bind)
    : PoolDelegate<TIn, TOut>
{
    public override bool Awaits => true;

    public override bool CanChangeWorkers => true;

    public override PoolWorker<TIn, TOut> CreateWorker(PoolIsland<TIn, TOut> pool, int longestRun)
    {
        return new AsynchronousWorker<TIn, TOut>(pool, Limited(pool.Head, pool.Discard), longestRun);
    }

    public override Stage<TIn> CreateStage(BlockRun block, ISectionWorker worker, Stage<TOut> next) =>
        new AwaitingStage<TIn, TOut>(block, worker, Limited(block, result => next.Discard(block.Original, result)), next);

    private Func<WorkerScope, Func<TIn, CancellationToken, ValueTask<TOut>>> Limited(BlockRun block, Action<TOut> discard) =>
        block.Blueprint.Options.Timeout is not { } limit ? bind
        : scope => scope.Own(new TimeLimit<TIn, TOut>(bind(scope), scope.Block, limit, discard)).InvokeAsync;
}
