namespace Pipelines.Testing;

/// <summary>A clock that stands still until it is moved to the next timer.</summary>
/// <remarks>Timers are kept in the order in which they are due, those due at once in the order in which they were set. Any thread may set one.</remarks>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(Timer Timer, long Setting), (long Due, long Order)> _due = new();
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => s_start + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock to the next timer and runs it. False: none is set.</summary>
    public bool TryMove()
    {
        Timer? timer = null;
        lock (_gate)
        {
            while (timer is null && _due.TryDequeue(out (Timer Timer, long Setting) next, out (long Due, long Order) at))
            {
                if (next.Timer.Setting == next.Setting)
                {
                    timer = next.Timer;
                    Volatile.Write(ref _now, Math.Max(_now, at.Due));
                    timer.SetAgain();
                }
            }
        }

        timer?.Run();
        return timer is not null;
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        /// <summary>Counts the changes: what was set before the last one is void.</summary>
        public long Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                Setting++;
                _period = period;
                Enqueue(dueTime);
                return true;
            }
        }

        public void SetAgain()
        {
            Setting++;
            Enqueue(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);
        }

        public void Run() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Enqueue(TimeSpan dueTime)
        {
            if (dueTime >= TimeSpan.Zero)
            {
                time._due.Enqueue((this, Setting), (time._now + dueTime.Ticks, time._order++));
            }
        }
    }
}
