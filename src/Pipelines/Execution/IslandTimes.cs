namespace Pipelines.Execution;

/// <summary>How an island's time was spent, in the ticks of the run's clock. The three add up to its life times its workers.</summary>
internal readonly record struct IslandTimes(long Busy, long Starved, long Blocked)
{
    /// <summary>Splits a time into what was waited and the rest. The counts of the waits are read one after the other while they go on,
    /// so they may exceed the time by what happens just then.</summary>
    public static IslandTimes Of(long all, long starved, long blocked)
    {
        starved = Math.Min(starved, all);
        blocked = Math.Min(blocked, all - starved);
        return new(all - starved - blocked, starved, blocked);
    }

    /// <summary>A part of it: the share of a block that does one thing at a time in an island that does several.</summary>
    public IslandTimes Scaled(int part, int whole) => part == whole
        ? this
        : new((long)((double)Busy * part / whole), (long)((double)Starved * part / whole), (long)((double)Blocked * part / whole));
}
