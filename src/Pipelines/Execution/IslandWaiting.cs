using Pipelines.Channels;
using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

// How an island waits: for input, for room, for the outside, for a paused run to go on.
internal abstract partial class Island
{
    /// <summary>The armed wait, with its time booked to the right account.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected async ValueTask SleepAsync(Wait reason)
    {
        FallAsleep(reason);
        await Signal.WaitAsync();
        AwakeAgain();
    }

    /// <summary>Waits for a source outside of the run to have input, with the time booked as such. As long as it lasts, a producer feeds nothing; whoever
    /// comes out of it looks whether the run is paused.</summary>
    public ValueTask<bool> InputFromOutsideAsync(ValueTask<bool> wait)
    {
        return wait.IsCompleted ? wait : StayAsync(wait);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        async ValueTask<bool> StayAsync(ValueTask<bool> wait)
        {
            _isOutside = true;
            FallAsleep(Wait.Input);
            try
            {
                return await wait;
            }
            finally
            {
                AwakeAgain();
                BackInside();
            }
        }
    }

    /// <summary>The same for user code that is asked for an item: what it does until then is work, and booked as such.</summary>
    private ValueTask<bool> NextFromOutsideAsync(ValueTask<bool> next)
    {
        return next.IsCompleted ? next : StayAsync(next);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        async ValueTask<bool> StayAsync(ValueTask<bool> next)
        {
            _isOutside = true;
            Interlocked.MemoryBarrier(); // before the look whether the run is being paused; pairs with the pause
            Run.CameToRest();
            try
            {
                return await next;
            }
            finally
            {
                BackInside();
            }
        }
    }

    private void BackInside()
    {
        _isOutside = false;
        Interlocked.MemoryBarrier(); // before the look whether the run is paused; pairs with the pause
    }

    // From here on, time is booked as waiting.
    private void FallAsleep(Wait reason)
    {
        (reason == Wait.Room ? ref _blocked : ref _starved).Begin(Run.Now);
        _asleepFor = reason;
        Interlocked.MemoryBarrier(); // before the look whether the run is being paused; pairs with the pause
        Run.CameToRest();
    }

    // From here on, time is booked as work again.
    private void AwakeAgain()
    {
        Wait reason = _asleepFor;
        _asleepFor = Wait.None;
        (reason == Wait.Room ? ref _blocked : ref _starved).End(Run.Now);
    }

    /// <summary>As a producer, waits as long as the run is paused.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected async ValueTask HoldStillAsync()
    {
        while (Run.IsPaused && !_isUnwanted)
        {
            Signal.Arm(Wait.Resume);
            if ((Run.IsPaused && !_isUnwanted) || !Signal.TryDisarm())
            {
                await SleepAsync(Wait.Resume);
            }
        }
    }

    /// <summary>The run is paused: a producer whose own loop does not look must see to it that nothing is fed from now on.</summary>
    public virtual void Pause()
    {
    }

    /// <summary>The run goes on, or stops.</summary>
    public virtual void Resume() => Volatile.Read(ref _signal)?.Wake(Wait.Resume);

    /// <summary>With the producers held still: whether it will do nothing more until another island, a timer or the outside gives it cause. Ask only after a full fence.</summary>
    public bool IsAtRest => Volatile.Read(ref _began) == 0 || Volatile.Read(ref _ended) != 0 || IsIdle;

    /// <summary>The same for an island that has begun and not ended.</summary>
    protected virtual bool IsIdle => _isOutside || IsAsleep;

    /// <summary>Whether the island's one sleeper sleeps, whatever for: it has looked again behind its announcement, and nobody has woken it.</summary>
    protected bool IsAsleep => _asleepFor != Wait.None && Volatile.Read(ref _signal) is { } signal && signal.IsArmedFor(Wait.Any, out _);

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
    /// <param name="isSource">Whether it feeds the run: then it is left when the run stops, and held still while it is paused.</param>
    protected async ValueTask<bool> PushAllAsync<T>(IAsyncEnumerable<T> sequence, Stage<T> chain, CancellationToken token, bool isSource = false)
    {
        bool ready = true;
        IAsyncEnumerator<T> items = sequence.GetAsyncEnumerator(token);
        try
        {
            while (ready && !(isSource && Run.IsStopping) && await (isSource ? NextFromOutsideAsync(items.MoveNextAsync()) : items.MoveNextAsync()))
            {
                if (isSource && Run.IsPaused)
                {
                    await HoldStillAsync();
                }

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
