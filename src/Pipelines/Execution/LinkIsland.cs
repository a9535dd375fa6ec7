using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island of synchronous blocks that is fed by a link.</summary>
internal sealed class LinkIsland<T>(BlockRun head, Ring<T> link, Stage<T> chain) : PumpIsland<T>(head, chain)
{
    protected override bool IsStarved => !link.HasItems && !link.IsClosed;

    protected override Fed Feed()
    {
        while (link.TryRead(out T? item))
        {
            if (!Chain.Push(item))
            {
                return Fed.Filled;
            }

            if (Run.IsAborting)
            {
                return Fed.Filled;
            }
        }

        return link.IsDrained ? Fed.Ended : Fed.Starved;
    }

    protected override void Leave() => link.LeaveReader();

    public override void Abandon()
    {
        Head.AbandonLink(link);
        Chain.Abandon();
    }

    /// <summary>Adds the island that reads a block's link into <paramref name="chain"/>, and returns that link.</summary>
    public static Ring<T> Add(Plan plan, BlockRun block, Stage<T> chain, int? capacity = null)
    {
        Ring<T> link = plan.Link<T>(block, capacity: capacity);
        var island = new LinkIsland<T>(block, link, chain);
        link.Reader = island.Signal;
        chain.Attach(island);
        plan.Add(island);
        return link;
    }

    /// <summary>The link in front of <paramref name="chain"/>: the one it writes to if it is nothing else, or a new one.</summary>
    public static Ring<T> InFrontOf(Plan plan, Stage<T> chain) =>
        chain is LinkWriter<T> writer ? writer.Link : Add(plan, chain.Block, chain);
}
