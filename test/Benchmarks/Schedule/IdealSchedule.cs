namespace Benchmarks.Schedule;

/// <summary>When items leave an ordered parallel map that costs nothing and never leaves a worker idle that could work.</summary>
internal static class IdealSchedule
{
    /// <summary>The moment at which each item leaves, behind all before it. All times are in one unit, whatever it is.</summary>
    /// <param name="arrivals">When each item arrives, in order.</param>
    /// <param name="work">How long each is worked on.</param>
    /// <param name="workers">How many are worked on at once.</param>
    /// <param name="window">How many may have been begun and not have left.</param>
    public static long[] Exits(IReadOnlyList<long> arrivals, IReadOnlyList<long> work, int workers, int window)
    {
        var free = new PriorityQueue<int, long>(Enumerable.Range(0, workers).Select(worker => (worker, long.MinValue)));
        long[] exits = new long[arrivals.Count];
        for (int item = 0; item < exits.Length; item++)
        {
            free.TryDequeue(out int worker, out long idleSince);
            long room = item < window ? long.MinValue : exits[item - window];
            long done = Math.Max(Math.Max(arrivals[item], idleSince), room) + work[item];
            free.Enqueue(worker, done);
            exits[item] = Math.Max(done, item == 0 ? long.MinValue : exits[item - 1]);
        }

        return exits;
    }
}
