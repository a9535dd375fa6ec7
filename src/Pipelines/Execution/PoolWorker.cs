using Pipelines.Channels;
using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>One worker of a pool: claims a run, works on it, publishes it, and drains if the baton came with that.</summary>
/// <remarks>What it holds is its own; only <see cref="LieDown"/> and <see cref="GetUp"/> are called under the pool's gate, the latter by others.</remarks>
internal abstract class PoolWorker<TIn, TOut>(PoolIsland<TIn, TOut> pool, int longestRun) : IThreadPoolWorkItem
{
    private readonly Signal _signal = new();
    private PoolWorker<TIn, TOut>? _nextAsleep;
    private Task? _loop;

    protected PoolIsland<TIn, TOut> Pool { get; } = pool;

    protected WorkerScope Scope { get; } = new(pool.Head);

    protected TIn[] Items { get; private set; } = new TIn[Math.Min(longestRun, 4)];

    protected TOut[] Results { get; private set; } = new TOut[Math.Min(longestRun, 4)];

    /// <summary>Whether it has a run in hand. Under the pool's gate.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Its claim has woken whoever feeds the pool: behind a run, that one goes first. (Behind an item that is awaited the thread is free in any case.) Set under the pool's gate.</summary>
    public bool OwesTurn { get; set; }

    /// <summary>The place of the run's first item.</summary>
    protected long Place { get; private set; }

    void IThreadPoolWorkItem.Execute() => Pool.InContext(() => _loop = RunAsActivityAsync());

    private async Task RunAsActivityAsync()
    {
        await RunAsync();
        Pool.Run.ActivityEnded();
    }

    /// <summary>The worker's life. Lets no exception out.</summary>
    public async Task RunAsync()
    {
        try
        {
            await LoopAsync();
        }
        catch (Exception error)
        {
            // Not the chain's: another worker may be at work in it.
            Pool.Head.Caught(error);
        }

        try
        {
            await Scope.DisposeAsync();
        }
        catch (Exception error)
        {
            Pool.Head.Caught(error);
        }

        if (Pool.EndWorker())
        {
            await Pool.FinishAsync();
        }
    }

    /// <summary>Claims items, works on them and sees to it that what comes of each is passed on, until there is nothing more to claim.</summary>
    protected abstract Task LoopAsync();

    /// <summary>Behind a claim that found nothing: waits until there is something.</summary>
    protected ValueTask SleepAsync()
    {
        Pool.Run.CameToRest();
        return _signal.WaitAsync();
    }

    /// <summary>
    /// Lets whoever feeds the pool go first. Where all threads are busy with workers it would otherwise get none until a worker has nothing to do: the link would
    /// run dry each time round, half full for nothing.
    /// </summary>
    protected YieldAwaitable GiveTurn()
    {
        OwesTurn = false;
        return Task.Yield();
    }

    public int Take(long place, Ring<TIn> link, int wanted)
    {
        Grow(Math.Min(wanted, longestRun));
        Place = place;
        return link.TryReadMany(Items.AsSpan(0, Math.Min(wanted, Items.Length)));
    }

    public void Take(long place, ReadOnlySpan<TIn> items)
    {
        Grow(items.Length);
        Place = place;
        items.CopyTo(Items);
    }

    private void Grow(int wanted)
    {
        if (wanted > Items.Length)
        {
            Items = new TIn[Math.Max(wanted, Math.Min(longestRun, 2 * Items.Length))];
            Results = new TOut[Items.Length];
        }
    }

    public void LieDown(PoolWorker<TIn, TOut>? nextAsleep)
    {
        _nextAsleep = nextAsleep;
        _signal.Arm(Wait.Input);
    }

    /// <summary>Wakes it and returns who sleeps after it.</summary>
    public PoolWorker<TIn, TOut>? GetUp()
    {
        PoolWorker<TIn, TOut>? next = _nextAsleep;
        _nextAsleep = null;
        _signal.Wake(Wait.Input);
        return next;
    }

    /// <summary>Lets go of what the run referred to.</summary>
    protected void Clear(int count)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TIn>())
        {
            Items.AsSpan(0, count).Clear();
        }

        if (RuntimeHelpers.IsReferenceOrContainsReferences<TOut>())
        {
            Results.AsSpan(0, count).Clear();
        }
    }
}
