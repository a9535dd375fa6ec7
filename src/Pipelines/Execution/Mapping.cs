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
        var island = new AsyncIsland<TIn, TOut>(block, link, selector, chain);
        link.Reader = island.Signal;
        chain.Attach(island);
        plan.Add(island);
        return new LinkWriter<TIn>(block, link);
    }
}
