namespace Pipelines.Execution;

/// <summary>How an island's time was spent, in the ticks of the run's clock. The four add up to its life times its workers.</summary>
internal readonly record struct IslandTimes(long Busy, long Starved, long Blocked, long Unthreaded)
{
    /// <summary>Splits a time into what was waited and the rest. The counts of the waits are read one after the other while they go on,
    /// so they may exceed the time by what happens just then.</summary>
    public static IslandTimes Of(long all, long starved, long blocked, long unthreaded)
    {
        starved = Math.Min(starved, all);
        blocked = Math.Min(blocked, all - starved);
        unthreaded = Math.Min(unthreaded, all - starved - blocked);
        return new(all - starved - blocked - unthreaded, starved, blocked, unthreaded);
    }

    /// <summary>The same where some of what looks like work was waiting.</summary>
    public IslandTimes Waited(long starved, long blocked) => Of(Busy + Starved + Blocked + Unthreaded, Starved + starved, Blocked + blocked, Unthreaded);

    /// <summary>A part of it: the share of a block that does one thing at a time in an island that does several.</summary>
    public IslandTimes Scaled(int part, int whole)
    {
        return part == whole ? this : new(Share(Busy), Share(Starved), Share(Blocked), Share(Unthreaded));

        long Share(long time) => (long)((double)time * part / whole);
    }
}
