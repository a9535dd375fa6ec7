namespace Pipelines.Execution;

/// <summary>How an island's time was spent, in the ticks of the run's clock. The first four add up to its life times its workers.</summary>
/// <param name="Busy">It executed, or code of the user's that it awaits did.</param>
/// <param name="Starved">It waited for input.</param>
/// <param name="Blocked">It waited for room downstream.</param>
/// <param name="Unthreaded">It could have gone on, and waited for a thread.</param>
/// <param name="Passing">How much of <paramref name="Busy"/> went into the blocks behind a pool, which run one item at a time whatever the number of
/// workers. Zero where there are none.</param>
internal readonly record struct IslandTimes(long Busy, long Starved, long Blocked, long Unthreaded = 0, long Passing = 0)
{
    /// <summary>Splits a time into what was waited and the rest. The counts of the waits are read one after the other while they go on,
    /// so they may exceed the time by what happens just then.</summary>
    public static IslandTimes Of(long all, long starved, long blocked, long unthreaded = 0, long passing = 0)
    {
        starved = Math.Min(starved, all);
        blocked = Math.Min(blocked, all - starved);
        unthreaded = Math.Min(unthreaded, all - starved - blocked);
        long busy = all - starved - blocked - unthreaded;
        return new(busy, starved, blocked, unthreaded, Math.Min(passing, busy));
    }

    /// <summary>The same where some of what looks like work was waiting.</summary>
    public IslandTimes Waited(long starved, long blocked) =>
        Of(Busy + Starved + Blocked + Unthreaded, Starved + starved, Blocked + blocked, Unthreaded, Passing);

    /// <summary>The same of a pool with blocks fused behind it: how much of what its workers did was passing on. It was looked at, so it is not zero.</summary>
    public IslandTimes Passed(long passing) => this with { Passing = Math.Max(1, Math.Min(passing, Busy)) };

    /// <summary>A part of it: the share of a block that does one thing at a time in an island that does several. What was passed on was so one at a time
    /// anyway.</summary>
    public IslandTimes Scaled(int part, int whole) => part == whole
        ? this
        : new(Part(Busy, part, whole), Part(Starved, part, whole), Part(Blocked, part, whole), Part(Unthreaded, part, whole), Passing);

    private static long Part(long time, int part, int whole) => (long)((double)time * part / whole);
}
