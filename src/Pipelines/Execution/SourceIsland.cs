using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head is a synchronous producer.</summary>
internal sealed class SourceIsland<T, TSource>(BlockRun head, TSource source, Stage<T> chain) : ChainIsland<T>(head, chain)
    where TSource : struct, ISource<T>
{
    // So many at once, and no more, so that the reader may begin early and a stop is heeded soon.
    private const int LongestRun = 32;

    private TSource _source = source;
    private T[]? _run;

    protected override Wait Open()
    {
        _source.Open();
        return Wait.None;
    }

    protected override Wait Feed()
    {
        if (TSource.IsAtHand && Chain is LinkWriter<T> link)
        {
            return FeedInRuns(link);
        }

        if (TSource.IsAtHand && Chain.WantsRuns)
        {
            return FeedRuns();
        }

        (PipelineRun run, BlockRun head, Stage<T> chain) = (Run, Head, Chain);
        for (int left = TurnLength; left > 0; left--)
        {
            if (!run.IsFeeding)
            {
                return NotFeeding();
            }

            if (!_source.TryNext(out T? item))
            {
                return Wait.None;
            }

            head.Counted++;
            if (!chain.Push(item))
            {
                return Wait.Room;
            }
        }

        return Wait.Turn;
    }

    // Nobody's code runs between two items, so none is held back by being published together with others: one fence for all of them. Behind a run that
    // fills the link this island sleeps, and whoever reads it may go on in its place: with a capacity of 1 that saves every second hop between threads.
    private Wait FeedInRuns(LinkWriter<T> link)
    {
        for (int left = TurnLength; left > 0; left -= LongestRun)
        {
            DirectRun.Close();
            if (!Run.IsFeeding)
            {
                return NotFeeding();
            }

            Span<T> room = link.Room;
            int taken = _source.TakeMany(room[..Math.Min(room.Length, LongestRun)]);
            if (taken == 0)
            {
                return Wait.None;
            }

            Head.Counted += taken;
            if (taken == room.Length)
            {
                DirectRun.Open();
            }

            if (!link.Publish(taken))
            {
                return Wait.Room;
            }
        }

        DirectRun.Close();
        return Wait.Turn;
    }

    // The same where the items go to several: each of them gets the run whole, and none waits for it to fill.
    private Wait FeedRuns()
    {
        T[] run = _run ??= new T[LongestRun];
        for (int left = TurnLength; left > 0; left -= LongestRun)
        {
            if (!Run.IsFeeding)
            {
                return NotFeeding();
            }

            int taken = _source.TakeMany(run.AsSpan(0, Math.Min(Chain.Sure, LongestRun)));
            if (taken == 0)
            {
                return Wait.None;
            }

            Head.Counted += taken;
            if (!Chain.PushRun(run.AsSpan(0, taken)))
            {
                return Wait.Room;
            }
        }

        return Wait.Turn;
    }

    // Behind a stop it is an answer to that, and no reason to lose what is in flight.
    protected override void CaughtInHead(Exception error) => Head.SourceEnded(error, IsUnwanted);

    private Wait NotFeeding() => Run.IsStopping ? Wait.None : Wait.Resume;

    protected override Wait Leave()
    {
        _source.Close();
        return Wait.None;
    }

    public override void Abandon() => Chain.Abandon();

    public static void Add(Plan plan, Blueprint blueprint, TSource source, Stage<T> chain)
    {
        BlockRun block = plan.Add(blueprint, chain.Block, countsOut: true);
        if (TSource.IsAtHand && chain is { WantsRuns: true } and not LinkWriter<T>)
        {
            block.Holds = LongestRun - 1; // the rest of a run that is on its way to several
        }

        var island = new SourceIsland<T, TSource>(block, source, chain);
        chain.Attach(island);
        plan.Add(island);
    }
}
