using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>How long the workers of a pool have had nothing in hand, all together: one second of three idle workers is three seconds.</summary>
/// <remarks>
/// Sums to which the moment a wait begins is added with one sign and the moment it ends with the other. Additions commute, so nobody need hold a lock while he asks the clock: a waker
/// that is faster than the one who lies down changes nothing in the end.
/// </remarks>
internal struct IdleWorkers
{
    private long _starved;
    private long _blocked;
    private int _starving;
    private int _waitingForRoom;

    // Workers that were never needed starve too: how many were, and the sum of the moments when.
    private int _begun;
    private long _begunAt;

    /// <summary>A worker has nothing in hand from now on.</summary>
    public void Begin(Wait reason, long now)
    {
        Interlocked.Add(ref SumOf(ref this, reason), -now);
        Interlocked.Increment(ref CountOf(ref this, reason));
    }

    /// <summary>It has again.</summary>
    public void End(Wait reason, long now)
    {
        Interlocked.Add(ref SumOf(ref this, reason), now);
        Interlocked.Decrement(ref CountOf(ref this, reason));
    }

    /// <summary>A worker works for the first time.</summary>
    public void Begun(long now)
    {
        Interlocked.Add(ref _begunAt, now);
        Interlocked.Increment(ref _begun);
    }

    /// <summary>The times of a pool: its emitter's, and those of its workers.</summary>
    public readonly IslandTimes Of<TIn, TOut>(IslandTimes emitter, PoolIsland<TIn, TOut> pool, long now)
    {
        (long began, long end) = pool.Life(now);
        if (began == 0)
        {
            return default;
        }

        long all = Math.Max(0, end - began) * pool.Workers;
        long starved = Volatile.Read(in _starved) + (Math.Max(0, Volatile.Read(in _starving)) * end);
        long blocked = Volatile.Read(in _blocked) + (Math.Max(0, Volatile.Read(in _waitingForRoom)) * end) + emitter.Blocked;
        int begun = Volatile.Read(in _begun);
        starved += (Volatile.Read(in _begunAt) - (begun * began)) + ((pool.Workers - begun) * Math.Max(0, end - began));
        return IslandTimes.Of(all, Math.Max(0, starved), Math.Max(0, blocked), pool.Unthreaded + emitter.Unthreaded);
    }

    private static ref long SumOf(ref IdleWorkers idle, Wait reason) => ref reason == Wait.Room ? ref idle._blocked : ref idle._starved;

    private static ref int CountOf(ref IdleWorkers idle, Wait reason) => ref reason == Wait.Room ? ref idle._waitingForRoom : ref idle._starving;
}
