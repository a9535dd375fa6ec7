namespace Pipelines.Execution;

/// <summary>An island whose head is a synchronous producer.</summary>
internal sealed class SourceIsland<T, TSource>(BlockRun head, TSource source, Stage<T> chain) : PumpIsland<T>(head, chain)
    where TSource : struct, ISource<T>
{
    // So many at once, and no more, so that the reader may begin early and a stop is heeded soon.
    private const int LongestRun = 32;

    private TSource _source = source;

    protected override void Open() => _source.Open();

    protected override Fed Feed()
    {
        if (TSource.IsAtHand && Chain is LinkWriter<T> link)
        {
            return FeedInRuns(link);
        }

        (PipelineRun run, BlockRun head, Stage<T> chain) = (Run, Head, Chain);
        while (run.IsFeeding)
        {
            if (!_source.TryNext(out T? item))
            {
                return Fed.Ended;
            }

            head.Counted++;
            if (!chain.Push(item))
            {
                return Fed.Filled;
            }
        }

        return Run.IsStopping ? Fed.Ended : Fed.Paused;
    }

    // Nobody's code runs between two items, so none is held back by being published together with others: one fence for all of them.
    private Fed FeedInRuns(LinkWriter<T> link)
    {
        while (Run.IsFeeding)
        {
            Span<T> room = link.Room;
            int taken = _source.TakeMany(room[..Math.Min(room.Length, LongestRun)]);
            if (taken == 0)
            {
                return Fed.Ended;
            }

            Head.Counted += taken;
            if (!link.Publish(taken))
            {
                return Fed.Filled;
            }
        }

        return Run.IsStopping ? Fed.Ended : Fed.Paused;
    }

    protected override void Leave() => _source.Close();

    public override void Abandon() => Chain.Abandon();

    public static void Add(Plan plan, Blueprint blueprint, TSource source, Stage<T> chain)
    {
        BlockRun block = plan.Add(blueprint, chain.Block, countsOut: true);
        var island = new SourceIsland<T, TSource>(block, source, chain);
        chain.Attach(island);
        plan.Add(island);
    }
}
