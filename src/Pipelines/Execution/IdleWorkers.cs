using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>How long the workers of a pool have had nothing in hand, all together: one second of three idle workers is three seconds.</summary>
/// <remarks>
/// Sums to which the moment a wait begins is added with one sign and the moment it ends with the other. Additions commute, so nobody need hold a lock while
/// he asks the clock: a waker
/// that is faster than the one who lies down changes nothing in the end.
/// </remarks>
internal struct IdleWorkers
{
    private const long MostTime = long.MaxValue / 4;

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

    /// <summary>The times of a pool: those of its island, which waits for room for all of them, and of its workers.</summary>
    /// <param name="island">The island's own.</param>
    /// <param name="life">When that began, 0 if it has not, and ended, or now.</param>
    /// <param name="workers">How many workers there could be.</param>
    /// <param name="unlike">How much more time those had, because their number was another before.</param>
    /// <param name="unthreaded">How long workers have waited for a thread.</param>
    public readonly IslandTimes Of(IslandTimes island, (long Began, long End) life, int workers, long unlike, long unthreaded)
    {
        (long began, long end) = life;
        if (began == 0)
        {
            return default;
        }

        long one = Math.Max(0, end - began);
        long all = Math.Clamp(Sum(one, workers) + unlike, 0, MostTime);
        long starved = Volatile.Read(in _starved) + (Math.Max(0, Volatile.Read(in _starving)) * end);
        long blocked = Volatile.Read(in _blocked) + (Math.Max(0, Volatile.Read(in _waitingForRoom)) * end) + island.Blocked;
        int begun = Volatile.Read(in _begun);
        starved += (Volatile.Read(in _begunAt) - (begun * began)) + Sum(one, workers - begun) + unlike;
        return IslandTimes.Of(all, Math.Max(0, starved), Math.Max(0, blocked), unthreaded + island.Unthreaded);
    }

    // A parallelism that means as many as there are is more than the time can be multiplied by.
    private static long Sum(long one, int workers) => one <= MostTime / Math.Max(1, workers) ? one * workers : MostTime;

    private static ref long SumOf(ref IdleWorkers idle, Wait reason) => ref reason == Wait.Room ? ref idle._blocked : ref idle._starved;

    private static ref int CountOf(ref IdleWorkers idle, Wait reason) => ref reason == Wait.Room ? ref idle._waitingForRoom : ref idle._starving;
}
