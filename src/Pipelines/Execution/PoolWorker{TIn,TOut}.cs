using System.Runtime.CompilerServices;
using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>One worker of a pool: claims items, works on them, publishes what comes of them, and passes on if the baton came with that.</summary>
/// <remarks>What it holds is its own; its crew sees to it that it is on one thread at a time.</remarks>
internal abstract class PoolWorker<TIn, TOut>(PoolIsland<TIn, TOut> pool, int longestRun) : PoolWorker(pool.Run), IClaims<TIn>
{
    protected PoolIsland<TIn, TOut> Pool { get; } = pool;

    protected WorkerScope Scope { get; } = new(pool.Head);

    protected TIn[] Items { get; private set; } = new TIn[Math.Min(longestRun, 4)];

    protected TOut[] Results { get; private set; } = new TOut[Math.Min(longestRun, 4)];

    /// <summary>Its claim has woken whoever feeds the pool: behind a run, that one goes first. (Behind an item that is awaited the thread is free in any
    /// case.)</summary>
    public bool OwesTurn { get; set; }

    /// <summary>How many items it would take at most, while it has none in hand. By its own measure, if it has one: work that is done elsewhere does not take
    /// this worker's time.</summary>
    public virtual int Wanted => Pool.Length.Current;

    /// <summary>Whether items are done so fast that there is nothing to balance between workers.</summary>
    public virtual bool IsQuick => Pool.Length.IsQuick;

    /// <summary>The place of the run's first item.</summary>
    protected long Place { get; private set; }

    // Not the chain's: another worker may be at work in it.
    protected sealed override void Broken(Exception error) => Pool.WorkerFailed(error);

    protected sealed override ValueTask DisposeAsync() => Scope.EndAsync();

    protected sealed override void Ready() => Pool.Ready(this);

    protected sealed override void End() => Pool.EndWorker();

    /// <summary>Makes the delegate, when the first items come.</summary>
    protected T Bind<T>(Func<WorkerScope, T> bind, int count)
    {
        try
        {
            return bind(Scope);
        }
        catch
        {
            Pool.Undeliver(Items.AsSpan(0, count));
            throw;
        }
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
