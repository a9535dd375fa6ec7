using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>A run of blocks that execute as one loop, concurrently with the other islands.</summary>
/// <remarks>
/// An island does one thing at a time, on one thread at a time, and sleeps on one <see cref="Channels.Signal"/> whatever it
/// waits for: input, room in any of its outputs, or the end of the run. Every awakening looks again at everything.
/// </remarks>
internal abstract partial class Island : IThreadPoolWorkItem
{
    private static readonly ContextCallback s_begin = static island => ((Island)island!).Begin();

    private const long Scheduled = -1;

    private Signal? _signal;
    private Task? _loop;
    private bool _chainHasFailed;
    private BlockRun _last; // of its blocks, as far as they are planned

    // How many outputs still take items. Counted up while the run is planned, down by the readers of the outputs, each once.
    private int _outlets;
    private volatile bool _isUnwanted;

    // It waits for what is outside of the run. Written by the island alone.
    private volatile bool _isOutside;

    // When it began and ended by the run's clock, 0 for not yet; and what it sleeps for, if it does, and how long it has for what. Written by the island
    // alone, but for who schedules it, and read at any moment.
    private long _began;
    private long _ended;
    private volatile Wait _asleepFor;
    private WaitTime _starved;
    private WaitTime _blocked;

    protected Island(BlockRun head)
    {
        Head = _last = head;
        head.Island = this;
    }

    public BlockRun Head { get; }

    public PipelineRun Run => Head.Run;

    /// <summary>What the island sleeps on. Made by the island or while the run is planned; an island that never sleeps has none.</summary>
    public Signal Signal => _signal ??= new();

    public Island? Following { get; set; }

    /// <summary>Its place among the islands of a run that has started, from 1 on.</summary>
    public int Number { get; set; }

    /// <summary>How many things it does at once.</summary>
    public virtual int Workers => 1;

    /// <summary>Started by another island, not by the run.</summary>
    public bool IsDeferred { get; set; }

    /// <summary>The block is one of the island's loop. While the run is planned, from upstream to downstream; a stage of the block before is that block again.</summary>
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

    /// <summary>The island has one more output: a link, or a consumer that takes everything.</summary>
    public void AddOutlet() => _outlets++;

    /// <summary>An output takes no more. Runs on the thread of its reader.</summary>
    public void OutletLeft()
    {
        if (Interlocked.Decrement(ref _outlets) == 0)
        {
            _isUnwanted = true;
            Interlocked.MemoryBarrier(); // before the look at who sleeps; pairs with the announcement of a wait
            Unwanted();
        }
    }

    /// <summary>Nobody takes any more: ends a wait for input, which may be a long one. Any thread.</summary>
    protected virtual void Unwanted() => Volatile.Read(ref _signal)?.Wake(Wait.Input | Wait.Resume);

    /// <summary>Schedules the island, which then executes in the run's context.</summary>
    public void Start()
    {
        Volatile.Write(ref _began, Scheduled);
        Run.Schedule(this);
    }

    /// <summary>Starts an island that was deferred.</summary>
    protected void StartDeferred(Island island)
    {
        if (Run.TryAddActivity())
        {
            island.Start();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (Run.Context is { } context)
        {
            ExecutionContext.Run(context, s_begin, this);
        }
        else
        {
            Begin();
        }
    }

    /// <summary>Runs something more of this island in the context that the run was started in.</summary>
    public void InContext(Action action)
    {
        if (Run.Context is { } context)
        {
            ExecutionContext.Run(context, static action => ((Action)action!)(), action);
        }
        else
        {
            action();
        }
    }

    // The loop ends the run's last activity itself and lets nothing escape, so there is nothing to await; it is kept to be seen in a debugger.
    private void Begin() => _loop = RunAsync();

    private async Task RunAsync()
    {
        Volatile.Write(ref _began, Run.Now);
        try
        {
            await LoopAsync();
        }
        catch (Exception error)
        {
            Caught(error);
        }

        if (LoopIsAll)
        {
            HasEnded();
        }

        Run.ActivityEnded();
    }

    /// <summary>Whether the island has ended when its loop has. If not, it says so itself.</summary>
    protected virtual bool LoopIsAll => true;

    /// <summary>From here on no more time is booked.</summary>
    protected void HasEnded()
    {
        Volatile.Write(ref _ended, Run.Now);
        Run.CameToRest();
    }

    /// <summary>How the time from the island's start to its end, or to now, was spent: at work, waiting for input, waiting for room downstream.</summary>
    public IslandTimes TimesAt(long now)
    {
        if (Volatile.Read(ref _began) is var began && began <= 0)
        {
            return default;
        }

        long end = Volatile.Read(ref _ended) is var ended and not 0 ? ended : now;
        (long starved, long blocked) = WaitedAt(end);
        return IslandTimes.Of(Math.Max(0, end - began) * Workers, starved, blocked);
    }

    /// <summary>How long it has waited for input and for room, all workers together.</summary>
    protected virtual (long Starved, long Blocked) WaitedAt(long now) => (_starved.At(now), _blocked.At(now));

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
            Head.Caught(error);
        }
    }

    /// <summary>Whether it executes, and so most probably somebody's code: it has begun, and neither ended nor gone to sleep.</summary>
    public bool IsInCode => Volatile.Read(ref _began) > 0 && Volatile.Read(ref _ended) == 0 && !IsAsleep;

    /// <summary>As far as can be seen from outside, the block whose code executes.</summary>
    public BlockRun InsideOf => Inside ?? Head;

    /// <summary>
    /// The block whose delegate has thrown, if it was one of the chain. Whoever catches an exception around a push must ask. Nothing is pushed
    /// after that, so it answers once: what the island's end throws in its turn is another failure, and the head's.
    /// </summary>
    protected BlockRun? FailedInChain => _chainHasFailed ? null : Inside;

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

    /// <summary>The island's work, from start to end. An exception that leaves it is the head block's failure.</summary>
    protected abstract Task LoopAsync();

    /// <summary>Gives back what is left over, once, after every island of the run has stopped.</summary>
    public abstract void Abandon();

    /// <summary>The run is aborting: end a sleep that only the run can end.</summary>
    public virtual void Wake() =>
        // None yet: then the island is awake, and sees that the run aborts when it looks again behind its first announcement.
        Volatile.Read(ref _signal)?.Wake(Wait.Any);
}
