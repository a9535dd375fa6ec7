using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>Chooses how a delegate is applied to a stream: one item at a time, or by a pool.</summary>
internal static class Mapping
{
    /// <summary>Adds the island that applies an asynchronous delegate, and returns the stage that feeds it.</summary>
    public static LinkWriter<TIn> Add<TIn, TOut>(
        Plan plan, BlockRun block, Func<TIn, CancellationToken, ValueTask<TOut>> selector, Stage<TOut> chain)
    {
        Ring<TIn> link = plan.Link<TIn>(block);
        if (block.Blueprint.Options.Parallelism > 1)
        {
            return Add(plan, new PoolIsland<TIn, TOut>(block, link, new AsynchronousDelegate<TIn, TOut>(selector), chain), link, chain);
        }

        var island = new AsyncIsland<TIn, TOut>(block, link, selector, chain);
        link.Reader = island.Signal;
        return Add(plan, island, link, chain);
    }

    /// <summary>Adds the pool that applies a synchronous delegate, and returns the stage that feeds it.</summary>
    public static LinkWriter<TIn> Add<TIn, TOut>(Plan plan, BlockRun block, Func<TIn, TOut> selector, Stage<TOut> chain)
    {
        Ring<TIn> link = plan.Link<TIn>(block);
        return Add(plan, new PoolIsland<TIn, TOut>(block, link, new SynchronousDelegate<TIn, TOut>(selector), chain), link, chain);
    }

    private static LinkWriter<TIn> Add<TIn, TOut>(Plan plan, Island island, Ring<TIn> link, Stage<TOut> chain)
    {
        chain.Attach(island);
        plan.Add(island);
        return new LinkWriter<TIn>(island.Head, link);
    }
}
