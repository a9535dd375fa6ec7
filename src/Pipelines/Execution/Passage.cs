using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The chain behind a block with several workers, in the hands of whoever has the baton: whether it may be pushed to, and whether ever
/// again.</summary>
/// <remarks>With the baton only, all of it but <see cref="Close"/>, until everything has stopped.</remarks>
/// <param name="island">The block's.</param>
/// <param name="chain">The chain.</param>
/// <param name="source">The block whose results go to the chain, and are counted there.</param>
internal sealed class Passage<TOut>(PassingIsland island, Stage<TOut> chain, BlockRun source)
{
    private volatile bool _isClosed;

    /// <summary>Whether the chain takes another at once.</summary>
    public bool IsReady { get; set; }

    /// <summary>The chain has said that it takes no more: what is cut short for that has not been lost.</summary>
    public bool HasHadEnough { get; private set; }

    /// <summary>Nothing is passed on any more. Asked before anything is taken, whatever the chain says: an item that was left because of it is at its end as
    /// far as others know, and nothing behind it may go out.</summary>
    public bool IsOver => _isClosed || island.Run.IsAborting || (island.FailedBlock is { } failed && !(IsBesideFailures && island.IsInFront(failed)));

    /// <summary>What is passed on comes in no order: while a run drains, nothing that is under way is behind an item that has failed in front of the
    /// chain.</summary>
    public bool IsBesideFailures { get; init; }

    /// <summary>Nothing more is passed on. Before those who work are told to leave off. Any thread.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Pushes a result while the chain is ready.</summary>
    public bool Push(TOut result)
    {
        source.Counted++;
        IsReady = false; // what throws is not asked again
        return IsReady = chain.Push(result);
    }

    /// <summary>Accounts for a result that is not passed on.</summary>
    public void Forgo(TOut result) => chain.Forgo(source, result);

    /// <summary>Something was thrown while a result was passed on: the run fails, or drains, and the chain is not got ready again.</summary>
    public void Caught(Exception error) => island.Caught(error);

    /// <summary>Gets the chain ready. False: it must wait, or (<see cref="Wait.None"/>) it never will be.</summary>
    public bool GetReady(out Wait wait)
    {
        wait = Wait.None;
        while (!IsOver)
        {
            switch (chain.Check())
            {
                case Readiness.Finished:
                    HasHadEnough = true;
                    return false;
                case Readiness.Full:
                    wait = Wait.Room;
                    return false;
                case Readiness.Ready when chain.Resume():
                    return IsReady = true;
            }
        }

        return false;
    }

    /// <summary>The second look of who waits for room.</summary>
    public bool IsFull => !island.Run.IsAborting && Check() == Readiness.Full;

    /// <summary>Everybody has ended: the chain flushes what it holds, and passes the end on.</summary>
    public Wait Complete()
    {
        while (!island.Run.IsAborting)
        {
            BlockRun? failed = island.FailedBlock;
            if (failed is null || island.IsInFront(failed) ? chain.Complete() : chain.CompleteBehind(failed))
            {
                break;
            }

            if (Check() == Readiness.Full)
            {
                return Wait.Room;
            }
        }

        return Wait.None;
    }

    private Readiness Check() => island.FailedBlock is { } failed && !island.IsInFront(failed) ? chain.CheckBehind(failed) : chain.Check();
}

/// <summary>The way out of a block with several workers, as its island sees it.</summary>
internal interface IOutflow
{
    /// <summary>
    /// Passes on until there is nothing and the baton was left (<see cref="Wait.None"/>; nothing here may be touched then), until something must be waited
    /// for, or until nothing is passed on any more: what is left is given back, and the baton is nowhere.
    /// </summary>
    /// <param name="isOver">Whether nothing is passed on any more.</param>
    Wait TryPassOn(out bool isOver);

    /// <summary>The second look of who waits.</summary>
    bool MustWait(Wait wait, Action continuation);

    /// <inheritdoc cref="Passage{TOut}.Complete"/>
    Wait Complete();

    /// <summary>How long results have been on their way through the blocks behind so far; 0 where nobody measures it. Any thread.</summary>
    long PassingAt(long now);

    /// <summary>After everything has stopped.</summary>
    void Abandon();
}
