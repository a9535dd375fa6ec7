using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>A run of blocks that execute as one loop, concurrently with the other islands: an <see cref="Activity"/> with a head, outputs, and a place in the
/// books.</summary>
internal abstract class Island : Activity, IOutlets
{
    private BlockRun _last;
    private int _outlets;
    private volatile bool _isUnwanted;

    protected Island(BlockRun head)
        : base(head.Run)
    {
        Head = head;
        head.Island = this;
        _last = head;
    }

    public BlockRun Head { get; }

    public Island? Following { get; set; }

    /// <summary>Its place among the islands of a run, from 1 on.</summary>
    public int Number { get; set; }

    /// <summary>Whether a block of this island is in front of the chain, in what its workers do if it has any: then all of the chain is behind it.</summary>
    public virtual bool IsInFront(BlockRun block) => block == Head;

    /// <summary>How many things it does at once.</summary>
    public virtual int Workers => 1;

    /// <summary>Started by another island, not by the run.</summary>
    public bool IsDeferred { get; set; }

    /// <summary>The block is one of the island's loop. While the run is planned, from upstream to downstream; a stage of the block before is that block
    /// again.</summary>
    public void Adopt(BlockRun block)
    {
        if (block != _last)
        {
            _last.FollowingInIsland = block;
            _last = block;
            block.Island = this;
        }
    }

    /// <summary>Nobody takes what the island puts out: it need not wait for input.</summary>
    protected bool IsUnwanted => _isUnwanted;

    /// <summary>While the run is planned: what the outputs of the stages that are attached now belong to.</summary>
    public IOutlets Outlets
    {
        get => field ?? this;
        set;
    }

    /// <summary>The island has one more output: a link, or a consumer that takes everything.</summary>
    public void AddOutlet() => _outlets++;

    /// <summary>An output takes no more. Runs on the thread of its reader.</summary>
    public void ReaderLeft()
    {
        if (Interlocked.Decrement(ref _outlets) == 0)
        {
            _isUnwanted = true;
            Interlocked.MemoryBarrier(); // before the look at who sleeps; pairs with the announcement of a wait
            Unwanted();
        }
    }

    /// <summary>Nobody takes any more: ends a wait for input, which may be a long one. Any thread.</summary>
    protected virtual void Unwanted() => Wake(Wait.Input | Wait.Resume);

    /// <summary>It will never be needed: it is executed only to let whoever feeds it know. Set before it is started.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Starts an island that was deferred.</summary>
    protected static void StartDeferred(Island island)
    {
        if (island.Run.TryAddActivity())
        {
            island.Start();
        }
    }

    /// <summary>How the island's time was spent, all workers together.</summary>
    public virtual IslandTimes TimesAt(long now) => Times(now);

    /// <summary>An exception has left the chain: finds the block and the item it came from. If it came from no delegate, it is the head's.</summary>
    public void Caught(Exception error)
    {
        if (FailedInChain is { } block)
        {
            _chainHasFailed = true;
            block.Caught(block.Caller!.Item, error);
        }
        else
        {
            CaughtInHead(error);
        }
    }

    /// <summary>An exception of the head's own, or of what ends it.</summary>
    protected virtual void CaughtInHead(Exception error) => Head.Caught(error);

    private bool _chainHasFailed;

    /// <summary>As far as can be seen from outside, the block whose code executes.</summary>
    public virtual BlockRun InsideOf => Inside ?? InCode ?? Head;

    /// <summary>
    /// The block whose delegate has thrown, if it was one of the chain. Whoever catches an exception around a push must ask. Nothing is pushed
    /// after that, so it answers once: what the island's end throws in its turn is another failure, and the head's.
    /// </summary>
    protected BlockRun? FailedInChain => _chainHasFailed ? null : Inside;

    private BlockRun? InCode
    {
        get
        {
            BlockRun? block = Head;
            while (block is { IsInCode: false })
            {
                block = block.FollowingInIsland;
            }

            return block;
        }
    }

    // The block of the chain whose delegate was called and has not returned.
    private BlockRun? Inside
    {
        get
        {
            BlockRun? block = Head;
            while (block is not null && block.Caller is not { IsInside: true })
            {
                block = block.FollowingInIsland;
            }

            return block;
        }
    }

    /// <summary>The first block of the island that has failed while the run drains: what is behind it gets its end, and nothing more. Its own thread.</summary>
    public BlockRun? FailedBlock { get; set; }

    /// <summary>A block behind the head has failed while the run drains: nobody takes what code of the head's, that was called and has not returned, will put
    /// out. Any thread.</summary>
    public virtual void FailedBehind()
    {
    }

    protected override void Broken(Exception error) => Caught(error);

    /// <summary>A stage is full for an item on its way out, until its policy has been told. The island's own thread.</summary>
    public virtual void LetterWaits()
    {
    }

    /// <summary>It is not any more. Any thread.</summary>
    public virtual void LetterIsTold() => Wake(Wait.Room);

    /// <summary>The run is paused: a producer whose own loop does not look must see to it that nothing is fed from now on.</summary>
    public virtual void Pause()
    {
    }

    /// <summary>The run goes on, or stops.</summary>
    public virtual void Resume() => Wake(Wait.Resume);

    /// <summary>Gives back what is left over, once, after every island of the run has stopped.</summary>
    public abstract void Abandon();
}
