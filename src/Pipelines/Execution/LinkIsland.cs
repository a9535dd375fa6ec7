using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island of synchronous blocks that is fed by a link.</summary>
internal sealed class LinkIsland<T>(BlockRun head, Ring<T> link, Stage<T> chain) : ChainIsland<T>(head, chain)
{
    // So many at once go to a branch, and no more, so that a stop is heeded soon.
    private const int LongestRun = 32;

    protected override bool IsStarved => !link.HasItems && !link.IsClosed;

    protected override Wait Feed()
    {
        if (Chain.WantsRuns)
        {
            return FeedRuns();
        }

        (PipelineRun run, Ring<T> from, Stage<T> chain) = (Run, link, Chain);
        for (int left = TurnLength; left > 0; left--)
        {
            if (!from.TryRead(out T? item))
            {
                return from.IsDrained ? Wait.None : Wait.Input;
            }

            if (!chain.Push(item) || run.IsAborting)
            {
                return Wait.Room;
            }
        }

        return Wait.Turn;
    }

    // What is there at the moment, and no waiting for more. The items stay in the link, where they count, until all of them have gone on.
    private Wait FeedRuns()
    {
        for (int left = TurnLength; left > 0;)
        {
            ReadOnlySpan<T> items = link.Items;
            if (items.IsEmpty)
            {
                return link.IsDrained ? Wait.None : Wait.Input;
            }

            items = items[..Math.Min(Math.Min(items.Length, left), Math.Min(Chain.Sure, LongestRun))];
            left -= items.Length;
            bool isReady;
            try
            {
                isReady = Chain.PushRun(items);
            }
            finally
            {
                link.Release(items.Length);
            }

            if (!isReady || Run.IsAborting)
            {
                return Wait.Room;
            }
        }

        return Wait.Turn;
    }

    protected override Wait Leave()
    {
        link.LeaveReader();
        return Wait.None;
    }

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
        link.Reader = island;
        chain.Attach(island);
        plan.Add(island);
        return link;
    }

    /// <summary>The link in front of <paramref name="chain"/>: the one it writes to if it is nothing else, or a new one.</summary>
    public static Ring<T> InFrontOf(Plan plan, Stage<T> chain) =>
        chain is LinkWriter<T> writer ? writer.Link : Add(plan, chain.Block, chain);
}
