namespace Pipelines.Tests.Foreign;

/// <summary>A clock of somebody else's. Its timers are the system's, and it knows how many of them live.</summary>
internal class ForeignClock : TimeProvider
{
    private readonly CountingTimeProvider _timers = new();
    private int _asked;

    public int TimersAlive => _timers.Alive;

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Whether it has thrown.</summary>
    public bool HasThrown { get; private set; }

    public override long GetTimestamp() => Moment(Interlocked.Increment(ref _asked) - 1);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(Moment(Interlocked.Increment(ref _asked) - 1), 0, TimeSpan.TicksPerDay));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Moment(Interlocked.Increment(ref _asked) - 1);
        return _timers.CreateTimer(callback, state, dueTime, period);
    }

    /// <summary>What it says when it is asked for the so-many-th time, from 0 on.</summary>
    protected virtual long Moment(int number) => number;

    protected Exception Throws()
    {
        HasThrown = true;
        return new HostileException("the clock is broken");
    }
}

/// <summary>Says 0 first.</summary>
internal sealed class ClockFromZero : ForeignClock;

/// <summary>Says 0, and nothing else.</summary>
internal sealed class StandingClock : ForeignClock
{
    protected override long Moment(int number) => 0;
}

/// <summary>Jumps by an hour, forth and back, and once in a while to either end of what it can say.</summary>
internal sealed class JumpingClock : ForeignClock
{
    protected override long Moment(int number) => (number % 7) switch
    {
        3 => long.MinValue,
        5 => long.MaxValue,
        _ => number + ((number % 2 == 0 ? 3600 : -3600) * TimestampFrequency),
    };
}

/// <summary>Goes on by an hour each time, as that of a machine that was asleep.</summary>
internal sealed class LeapingClock : ForeignClock
{
    protected override long Moment(int number) => number * 3600 * TimestampFrequency;
}

/// <summary>Goes back each time.</summary>
internal sealed class BackwardClock : ForeignClock
{
    protected override long Moment(int number) => 3600 * TimestampFrequency - number;
}

/// <summary>Does not know how fast it is.</summary>
internal sealed class SpeedlessClock : ForeignClock
{
    public override long TimestampFrequency => throw Throws();
}

/// <summary>Throws where it is told to; otherwise it counts.</summary>
internal sealed class ThrowingClock(Func<int, bool> throwsAt) : ForeignClock
{
    protected override long Moment(int number) => throwsAt(number) ? throw Throws() : number;
}
