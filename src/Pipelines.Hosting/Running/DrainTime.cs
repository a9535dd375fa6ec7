namespace Pipelines.Hosting;

/// <summary>How long a drain may still take, from when it was begun.</summary>
internal sealed class DrainTime(TimeSpan limit, TimeProvider clock)
{
    // What is longer than any timer can be set to is no limit.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly long _began = clock.GetTimestamp();

    public TimeSpan Left => limit == Timeout.InfiniteTimeSpan ? limit
        : ForTimer(TimeSpan.FromTicks(Math.Max(0, (limit - clock.GetElapsedTime(_began)).Ticks)));

    public bool IsUp => Left == TimeSpan.Zero;

    public static TimeSpan ForTimer(TimeSpan time) => time <= s_longest ? time : Timeout.InfiniteTimeSpan;
}
