using Pipelines.Channels;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>The one way from a run to code that is not ours and is called for the run as a whole: its scheduler and its clock.</summary>
/// <remarks>
/// <para>Nobody else calls them. Neither is called while a lock of ours is held (<see cref="Gate"/>), and what they throw fails the run. A scheduler that has thrown is not asked again: what is
/// left of the run ends on the thread pool. A clock that has thrown stands still.</para>
/// <para>A scheduler may run what it is given at once, on the thread that gives it: an activity that executes is not scheduled again before it sleeps, so they nest no deeper than there
/// are activities; where the stack is short, the thread pool does the calling.</para>
/// </remarks>
internal sealed class Edge(PipelineRun run, PipelineOptions options)
{
    private readonly TaskScheduler? _scheduler = options.Scheduler == TaskScheduler.Default ? null : options.Scheduler;
    private readonly TimeProvider _time = options.TimeProvider;
    private volatile bool _schedulerIsBroken;
    private volatile bool _clockIsBroken;
    private long _lastTimestamp;
    private long _ticksPerSecond;

    /// <summary>Whether everything executes on the thread pool.</summary>
    public bool IsThreadPool => _scheduler is null;

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
            HandBehindLocks(new Once(work));
        }
    }

    // A method of its own: a closure is made where the method begins that has it.
    private void HandBehindLocks(Once work)
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
            if (!ReferenceEquals(_time, TimeProvider.System))
            {
                Volatile.Write(ref _lastTimestamp, now);
            }

            return now;
        }
        catch (Exception error)
        {
            _clockIsBroken = true;
            run.Fail(new BlockFailure { Block = "the clock", Item = null, Exception = error });
            return Volatile.Read(ref _lastTimestamp);
        }
    }

    /// <summary>How many of the clock's ticks a second has. Asked once.</summary>
    public long TicksPerSecond => _ticksPerSecond != 0 ? _ticksPerSecond : _ticksPerSecond = AskForTicks();

    /// <summary>Whether the clock is the system's.</summary>
    public bool IsSystemClock => ReferenceEquals(_time, TimeProvider.System);

    /// <summary>How many of the clock's ticks so many milliseconds are.</summary>
    public long TicksOf(long milliseconds) => milliseconds * TicksPerSecond / 1000;

    /// <summary>What so many of the clock's ticks are.</summary>
    public TimeSpan Elapsed(long ticks) => TimeSpan.FromTicks((long)(ticks * ((double)TimeSpan.TicksPerSecond / TicksPerSecond)));

    private long AskForTicks()
    {
        try
        {
            return Math.Max(1, _time.TimestampFrequency);
        }
        catch (Exception error)
        {
            run.Fail(new BlockFailure { Block = "the clock", Item = null, Exception = error });
            return TimeSpan.TicksPerSecond;
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
            run.Fail(new BlockFailure { Block = "the clock", Item = null, Exception = error });
            return default;
        }
    }

    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "This is the one place that means it: the scheduler is the user's.")]
    private void Hand(Once work)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static call => call.Edge.Hand(call.Work), (Edge: this, Work: work), preferLocal: false);
            return;
        }

        try
        {
            Task.Factory.StartNew(
                static work => ((Once)work!).Execute(), work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler!);
        }
        catch (Exception error)
        {
            _schedulerIsBroken = true;
            run.Fail(new BlockFailure { Block = "the scheduler", Item = null, Exception = error is TaskSchedulerException { InnerException: { } inner } ? inner : error });
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        }
    }

    /// <summary>Executes once: a scheduler may have run it, or may yet run it, although it threw.</summary>
    private sealed class Once(IThreadPoolWorkItem work) : IThreadPoolWorkItem
    {
        private IThreadPoolWorkItem? _work = work;

        public void Execute() => Interlocked.Exchange(ref _work, null)?.Execute();
    }
}
