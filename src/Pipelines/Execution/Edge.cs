using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The one way from a run to code that is not ours and is called for the run as a whole: its scheduler and its clock.</summary>
/// <remarks>
/// <para>Nobody else calls them. Neither is called while a lock of ours is held (<see cref="Gate"/>), and what they throw fails the run. A scheduler that has
/// thrown is not asked again: what is
/// left of the run ends on the thread pool. A clock that has thrown stands still. One that goes back stands still until it is where it was: no time of a run
/// is negative.</para>
/// <para>A scheduler may run what it is given at once, on the thread that gives it: an activity that executes is not scheduled again before it sleeps, so
/// they nest no deeper than there
/// are activities; where the stack is short, the thread pool does the calling. Nor is anything executed within a call of somebody else's that has come to us
/// (<see cref="Outside"/>).</para>
/// </remarks>
internal sealed class Edge(PipelineRun run, PipelineOptions options)
{
    // In ticks of the clock: so far from what a number can hold that the times of many workers can be added.
    private const long LongestRun = 1L << 56;

    private readonly TaskScheduler? _scheduler = options.Scheduler == TaskScheduler.Default ? null : options.Scheduler;
    private readonly TimeProvider _time = options.TimeProvider;
    private volatile bool _schedulerIsBroken;
    private volatile bool _clockIsBroken;
    private Home? _home;
    private long _ticksPerSecond;
    private long _lastTimestamp;
    private long _latestTimestamp = long.MaxValue;

    /// <summary>Whether everything executes on the thread pool.</summary>
    public bool IsThreadPool => _scheduler is null;

    /// <summary>Where the waits of user code at the run's channels go on. Asked for while the run is planned.</summary>
    public Home Home => _scheduler is null ? Home.Ambient : _home ??= new EdgeHome(this, _scheduler);

    /// <summary>Has something executed soon. Any thread, under any lock; it throws nothing.</summary>
    public void Schedule(IThreadPoolWorkItem work)
    {
        if (_scheduler is null || _schedulerIsBroken)
        {
            if (DirectRun.TryKeep(work))
            {
                return;
            }

            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        }
        else
        {
            HandBehindLocks(new Handed(work, Outside.IsHere));
        }
    }

    /// <summary>To be awaited: what stands behind it goes on where the run's things execute.</summary>
    public EdgeTurn Turn() => new(this);

    // A method of its own: a closure is made where the method begins that has it.
    private void HandBehindLocks(Handed work)
    {
        if (!Gate.IsHeld || !Gate.TryDefer(() => Hand(work)))
        {
            Hand(work);
        }
    }

    /// <summary>The clock, in its own ticks.</summary>
    public long Timestamp()
    {
        Debug.Assert(!Gate.IsHeld || ReferenceEquals(_time, TimeProvider.System), "A clock was asked under a lock.");
        if (_clockIsBroken)
        {
            return Volatile.Read(ref _lastTimestamp);
        }

        try
        {
            long now = _time.GetTimestamp();
            return ReferenceEquals(_time, TimeProvider.System) ? now : Forward(now);
        }
        catch (Exception error)
        {
            _clockIsBroken = true;
            Fail("the clock", error);
            return Volatile.Read(ref _lastTimestamp);
        }
    }

    /// <summary>Asks the clock when the run begins. What it throws is the caller's: nothing has begun.</summary>
    public long Begin()
    {
        _ = TicksPerSecond;
        long now = _time.GetTimestamp();
        _lastTimestamp = now;
        _latestTimestamp = now + Math.Min(LongestRun, long.MaxValue - Math.Max(0, now));
        return now;
    }

    /// <summary>Whether neither the clock nor the scheduler is the user's.</summary>
    public bool IsOurs => _scheduler is null && IsSystemClock;

    /// <summary>Whether the clock is the system's.</summary>
    public bool IsSystemClock => ReferenceEquals(_time, TimeProvider.System);

    /// <summary>How many of the clock's ticks so many milliseconds are.</summary>
    public long TicksOf(long milliseconds) => milliseconds * TicksPerSecond / 1000;

    // Whoever comes late with an earlier moment gets the later one.
    private long Forward(long now)
    {
        now = Math.Min(now, _latestTimestamp);
        long last = Volatile.Read(ref _lastTimestamp);
        while (now > last)
        {
            long seen = Interlocked.CompareExchange(ref _lastTimestamp, now, last);
            if (seen == last)
            {
                return now;
            }

            last = seen;
        }

        return last;
    }

    /// <summary>How many of the clock's ticks a second has. Asked once, before anything runs.</summary>
    public long TicksPerSecond => _ticksPerSecond != 0 ? _ticksPerSecond : _ticksPerSecond = AskForTicks();

    private long AskForTicks()
    {
        try
        {
            return Math.Max(1, _time.TimestampFrequency);
        }
        catch (Exception error)
        {
            Fail("the clock", error);
            return TimeSpan.TicksPerSecond;
        }
    }

    /// <summary>What so many of the clock's ticks are.</summary>
    public TimeSpan Elapsed(long ticks) => TimeSpan.FromTicks((long)(ticks * ((double)TimeSpan.TicksPerSecond / TicksPerSecond)));

    /// <summary>A timer that rings when it is told to.</summary>
    public ITimer CreateTimer(TimerCallback callback, object state) =>
        _time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Calls something after a time: at once, on the caller's thread, if there is none to wait for, or if the clock throws, which fails the
    /// run.</summary>
    /// <returns>A timer to be disposed; null if none is needed.</returns>
    public ITimer? After(TimeSpan time, TimerCallback callback, object state)
    {
        if (time == Timeout.InfiniteTimeSpan)
        {
            return null;
        }

        try
        {
            if (time != TimeSpan.Zero)
            {
                return _time.CreateTimer(callback, state, Require.ForTimer(time), Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception error)
        {
            Fail("the clock", error);
        }

        callback(state);
        return null;
    }

    /// <summary>A timer is needed no more.</summary>
    public void Dispose(ITimer? timer)
    {
        try
        {
            timer?.Dispose();
        }
        catch (Exception error)
        {
            Fail("the clock", error);
        }
    }

    /// <summary>The time of day, for a letter.</summary>
    public DateTimeOffset UtcNow()
    {
        try
        {
            return _time.GetUtcNow();
        }
        catch (Exception error)
        {
            Fail("the clock", error);
            return default;
        }
    }

    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "This is the one place that means it: the scheduler is the user's.")]
    private void Hand(Handed work)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static call => call.Edge.Hand(call.Work), (Edge: this, Work: work), preferLocal: false);
            return;
        }

        try
        {
            Task.Factory.StartNew(
                static work => ((Handed)work!).Execute(), work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler!);
        }
        catch (Exception error)
        {
            _schedulerIsBroken = true;
            Fail("the scheduler", error is TaskSchedulerException { InnerException: { } inner } ? inner : error);
            if (work.HasReturned() is { } early)
            {
                ThreadPool.UnsafeQueueUserWorkItem(early, preferLocal: false);
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
            }

            return;
        }

        if (work.HasReturned() is { } again)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static call => call.Edge.Hand(new Handed(call.Work, isFromOutside: false)), (Edge: this, Work: again), preferLocal: false);
        }
    }

    // Behind the last activity nothing is left to be aborted, and behind the end nobody to be told.
    private void Fail(string who, Exception error)
    {
        if (run.Completion.IsCompleted)
        {
            return;
        }

        var failure = new BlockFailure { Block = who, Item = null, Exception = error };
        if (run.Life.IsOver)
        {
            run.FailLate(failure);
        }
        else
        {
            run.Fail(failure);
        }
    }
}
