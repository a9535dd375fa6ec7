using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>Chooses how a delegate is applied to a stream: one item at a time, by a pool, or by the workers of a section.</summary>
internal static class Mapping
{
    /// <summary>Adds the island that applies an asynchronous delegate, and returns the stage that feeds it.</summary>
    public static Stage<TIn> Add<TIn, TOut>(
        Plan plan, BlockRun block, Func<TIn, CancellationToken, ValueTask<TOut>> selector, Stage<TOut> chain)
    {
        BlockOptions options = block.Blueprint.Options;
        if (plan.Section is not null || options.HasWorkers || options.Timeout is not null)
        {
            return Add(plan, block, new AsynchronousDelegate<TIn, TOut>(_ => selector), chain);
        }

        Ring<TIn> link = plan.Link<TIn>(block);
        var island = new AsyncIsland<TIn, TOut>(block, link, selector, chain);
        link.Reader = island;
        return Add(plan, island, link, chain);
    }

    /// <summary>Adds the pool that applies a synchronous delegate, and returns the stage that feeds it.</summary>
    public static Stage<TIn> Add<TIn, TOut>(Plan plan, BlockRun block, Func<TIn, TOut> selector, Stage<TOut> chain) =>
        Add(plan, block, new SynchronousDelegate<TIn, TOut>(_ => selector), chain);

    /// <summary>Adds a pool, and returns the stage that feeds it.</summary>
    public static Stage<TIn> Add<TIn, TOut>(Plan plan, BlockRun block, PoolDelegate<TIn, TOut> work, Stage<TOut> chain)
    {
        if (plan.Section is { } section)
        {
            return work.CreateStage(block, section.Worker, chain);
        }

        // As many as asked for must fit into the window, or they could not all be worked on at once.
        Ring<TIn> link = plan.Link<TIn>(block, atLeast: block.Parallelism);
        return Add(plan, new PoolIsland<TIn, TOut>(block, link, work, chain), link, chain);
    }

    private static LinkWriter<TIn> Add<TIn, TOut>(Plan plan, Island island, Ring<TIn> link, Stage<TOut> chain)
    {
        chain.Attach(island);
        plan.Add(island);
        return new LinkWriter<TIn>(island.Head, link);
    }
}
