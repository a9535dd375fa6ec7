namespace Pipelines.Execution;

/// <summary>What a timer can hold, which is less than a <see cref="TimeSpan"/> can say.</summary>
internal static class Timers
{
    // The runtime's own limit, the same for every timer of it.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>The span, or infinity for one that is longer than any timer runs: 49 days.</summary>
    public static TimeSpan Within(TimeSpan span) => span <= s_longest ? span : Timeout.InfiniteTimeSpan;
}
