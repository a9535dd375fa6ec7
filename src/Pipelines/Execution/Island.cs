using Pipelines.Channels;
using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>A run of blocks that execute as one loop, concurrently with the other islands.</summary>
/// <remarks>
/// An island does one thing at a time, on one thread at a time, and sleeps on one <see cref="Channels.Signal"/> whatever it
/// waits for: input, room in any of its outputs, or the end of the run. Every awakening looks again at everything.
/// </remarks>
internal abstract class Island : IThreadPoolWorkItem
{
    private static readonly ContextCallback s_begin = static island => ((Island)island!).Begin();

    private BlockRun? _lastBlock;
    private Signal? _signal;
    private Task? _loop;
    private bool _chainHasFailed;

    // How many outputs still take items. Counted up while the run is planned, down by the readers of the outputs, each once.
    private int _outlets;
    private volatile bool _isUnwanted;

    // When it began and ended by the run's clock, 0 for not yet, and how long it slept for what. Written by the island alone and read at any moment.
    private long _began;
    private long _ended;
    private Wait _asleepFor;
    private WaitTime _starved;
    private WaitTime _blocked;

    protected Island(BlockRun head)
    {
        Head = head;
        Adopt(head);
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

    public void Adopt(BlockRun block)
    {
        if (block == _lastBlock)
        {
            return; // a stage of the head block itself
        }

        if (_lastBlock is not null)
        {
            _lastBlock.FollowingInIsland = block;
        }

        _lastBlock = block;
        block.Island = this;
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
    protected virtual void Unwanted() => Volatile.Read(ref _signal)?.Wake(Wait.Input);

    /// <summary>Schedules the island, which then executes in the run's context.</summary>
    public void Start() => Run.Schedule(this);

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
    protected void HasEnded() => Volatile.Write(ref _ended, Run.Now);

    /// <summary>How the time from the island's start to its end, or to now, was spent: at work, waiting for input, waiting for room downstream.</summary>
    public IslandTimes TimesAt(long now)
    {
        if (Volatile.Read(ref _began) is var began && began == 0)
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

    /// <summary>
    /// The block whose delegate has thrown, if it was one of the chain. Whoever catches an exception around a push must ask. Nothing is pushed
    /// after that, so it answers once: what the island's end throws in its turn is another failure, and the head's.
    /// </summary>
    protected BlockRun? FailedInChain
    {
        get
        {
            BlockRun? block = _chainHasFailed ? null : Head;
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

    /// <summary>The armed wait, with its time booked to the right account.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected async ValueTask SleepAsync(Wait reason)
    {
        FallAsleep(reason);
        await Signal.WaitAsync();
        AwakeAgain();
    }

    /// <summary>Waits for a source outside of the run to have input, with the time booked as such.</summary>
    public ValueTask<bool> InputFromOutsideAsync(ValueTask<bool> wait)
    {
        return wait.IsCompleted ? wait : SleepAsync(wait);

        async ValueTask<bool> SleepAsync(ValueTask<bool> wait)
        {
            FallAsleep(Wait.Input);
            try
            {
                return await wait;
            }
            finally
            {
                AwakeAgain();
            }
        }
    }

    // From here on, time is booked as waiting.
    private void FallAsleep(Wait reason)
    {
        _asleepFor = reason;
        (reason == Wait.Room ? ref _blocked : ref _starved).Begin(Run.Now);
    }

    // From here on, time is booked as work again.
    private void AwakeAgain() => (_asleepFor == Wait.Room ? ref _blocked : ref _starved).End(Run.Now);

    /// <summary>Waits until the link holds an item. False: it never will again, nobody takes what comes of it, or the run is aborting.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected async ValueTask<bool> InputAsync<T>(Ring<T> link)
    {
        for (; ; )
        {
            if (Run.IsAborting || _isUnwanted)
            {
                return false;
            }

            if (link.HasItems)
            {
                return true;
            }

            if (link.IsDrained)
            {
                return false;
            }

            Signal.Arm(Wait.Input);
            if ((link.HasItems || link.IsClosed || Run.IsAborting || _isUnwanted) && Signal.TryDisarm())
            {
                continue;
            }

            await SleepAsync(Wait.Input);
        }
    }

    /// <summary>Waits until the chain takes another item. False: it never will, or the run is aborting.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected async ValueTask<bool> ReadyAsync<T>(Stage<T> chain)
    {
        for (; ; )
        {
            if (Run.IsAborting)
            {
                return false;
            }

            switch (chain.Check())
            {
                case Readiness.Finished:
                    return false;
                case Readiness.Ready when chain.Resume():
                    return true;
                case Readiness.Full:
                    await RoomAsync(chain);
                    break;
            }
        }
    }

    /// <summary>Pushes what a sequence yields. False: the chain takes no more. An exception that leaves it is the sequence's.</summary>
    /// <param name="sequence">The head's, which counts what it yields.</param>
    /// <param name="chain">Where it goes.</param>
    /// <param name="token">For the sequence.</param>
    /// <param name="untilStop">Whether to leave the rest of it when the run stops.</param>
    protected async ValueTask<bool> PushAllAsync<T>(IAsyncEnumerable<T> sequence, Stage<T> chain, CancellationToken token, bool untilStop = false)
    {
        bool ready = true;
        IAsyncEnumerator<T> items = sequence.GetAsyncEnumerator(token);
        try
        {
            while (ready && !(untilStop && Run.IsStopping) && await items.MoveNextAsync())
            {
                Head.Counted++;
                ready = chain.Push(items.Current) || await ReadyAsync(chain);
            }
        }
        catch (Exception error) when (FailedInChain is not null)
        {
            // Not further up: to close the sequence may fail too, and would take this failure's place.
            Caught(error);
            ready = false;
        }
        finally
        {
            await items.DisposeAsync();
        }

        return ready;
    }

    /// <summary>Flushes the chain and passes the end of the stream on.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected async ValueTask CompleteAsync<T>(Stage<T> chain)
    {
        while (!Run.IsAborting && !chain.Complete())
        {
            while (chain.Check() == Readiness.Full && !Run.IsAborting)
            {
                await RoomAsync(chain);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RoomAsync<T>(Stage<T> chain)
    {
        Signal.Arm(Wait.Room);
        if ((chain.Check() == Readiness.Full && !Run.IsAborting) || !Signal.TryDisarm())
        {
            await SleepAsync(Wait.Room);
        }
    }
}
