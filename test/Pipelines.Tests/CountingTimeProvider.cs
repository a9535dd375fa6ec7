namespace Pipelines.Tests;

/// <summary>The system's time, which knows how many of its timers have not been disposed.</summary>
internal sealed class CountingTimeProvider : TimeProvider
{
    private int _alive;
    private int _ever;

    public int Alive => Volatile.Read(ref _alive);

    public int Ever => Volatile.Read(ref _ever);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _alive);
        Interlocked.Increment(ref _ever);
        return new CountedTimer(this, System.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class CountedTimer(CountingTimeProvider owner, ITimer timer) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            Count();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Count();
            return timer.DisposeAsync();
        }

        private void Count()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Interlocked.Decrement(ref owner._alive);
            }
        }
    }
}
