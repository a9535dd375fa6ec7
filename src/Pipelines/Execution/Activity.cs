using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>Something of a run that is polled: it executes until it must wait, says so, looks again, and leaves its thread. Whoever has news for it queues
/// it.</summary>
/// <remarks>
/// <para>It is on one thread at a time: queued or executing (the <see cref="Waiter"/>'s word is idle or armed), or asleep (parked). Only who ends a parked
/// wait queues it, and a wait has one end.
/// So it needs no lock for what is its own; what it must not touch behind <see cref="Waiter.TryPark"/> is all of that, since it may execute on another thread
/// by then.</para>
/// <para>The run counts what executes: raised by who wakes, before it queues; lowered by who has parked. A waker executes itself, so the count is 0 only when
/// nothing will happen any more but for
/// what comes from outside: that is a run at rest. Modelled in test/Models (CountModel).</para>
/// <para>Time is booked by who parks (the wait begins), who wakes (it ends, and the wait for a thread begins) and who executes (that ends too).</para>
/// </remarks>
internal abstract class Activity(PipelineRun run) : Waiter, IThreadPoolWorkItem
{
    // Each time it is nearer to its end. More often than this is a fault of ours, and must not hang the run.
    private const int MostBroken = 8;

    private static readonly ContextCallback s_step = static activity => ((Activity)activity!).Step();

    // See the remarks: one thread at a time writes.
    private WaitBook _book;
    private long _began;
    private long _ended;
    private int _broken;

    // Written by who parks, read by who wakes.
    private bool _isRest;
    private Action? _continuation;
    private Action? _goOn;

    public PipelineRun Run => run;

    /// <summary>Has it executed for the first time. Counted by the caller, as an activity and as executing.</summary>
    public void Start() => Queue();

    /// <summary>From here on it waits for a thread.</summary>
    protected void Queue()
    {
        _book.Queue(run);
        run.Edge.Schedule(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        bool isOutermost = run.Edge.IsThreadPool && DirectRun.Enter();
        StepInContext();
        if (isOutermost)
        {
            DirectRun.Leave();
        }
    }

    private void StepInContext()
    {
        // A context of the run's own is rare: then this saves the change and the change back.
        if (run.Context is { } context && !ReferenceEquals(context, ExecutionContext.Capture()))
        {
            ExecutionContext.Run(context, s_step, this);
        }
        else
        {
            Step();
        }
    }

    /// <summary>Goes on with its work until it has ended (<see cref="Wait.None"/>) or must wait, and for what. It lets no exception of foreign code
    /// out.</summary>
    protected abstract Wait Poll();

    /// <summary>The second look, behind the announcement: whether there is still nothing of what it waits for.</summary>
    protected abstract bool MustWait(Wait wait);

    /// <summary>It has ended, and the run must hear of it, the last thing that happens.</summary>
    protected virtual void Ended() => run.ActivityEnded();

    /// <summary>An exception has left <see cref="Poll"/> or <see cref="MustWait"/>: notes it, and turns to the next step on the way to the end.</summary>
    protected abstract void Broken(Exception error);

    private void Step()
    {
        Book();
        while (true)
        {
            try
            {
                Wait wait = Poll();
                if (wait == Wait.None)
                {
                    break;
                }

                if (wait == Wait.Turn)
                {
                    Queue();
                    return;
                }

                if (wait == Wait.Dormant)
                {
                    run.Rested();
                    return;
                }

                if (TrySleep(wait))
                {
                    return;
                }
            }
            catch (Exception error)
            {
                Broken(error);
                if (++_broken == MostBroken)
                {
                    break;
                }
            }
        }

        HasEnded();
        Ended();
    }

    /// <summary>Announces the wait, looks again, parks. False: there is news, and it goes on. True: it is asleep, and may execute elsewhere by now.</summary>
    protected bool TrySleep(Wait wait)
    {
        Announce(wait);
        bool mustWait = false;
        try
        {
            mustWait = MustWait(wait);
        }
        finally
        {
            if (!mustWait)
            {
                TryWithdraw(); // or somebody has ended the wait: it is idle in either case
            }
        }

        if (!mustWait)
        {
            return false;
        }

        PipelineRun of = run;
        bool isRest = IsRest(wait);
        BeginWait(wait);
        if (!TryPark())
        {
            _book.Cancel();
            return false;
        }

        // Late by a moment is well: who is woken meanwhile is counted twice, and nobody takes that for rest.
        if (isRest)
        {
            of.Rested();
        }

        return true;
    }

    /// <summary>Whether who waits for that is at rest. Code that was called is at work as long as it does not return.</summary>
    protected virtual bool IsRest(Wait wait) => (wait & Wait.Code) == 0;

    /// <summary>Whether who waits for that waits for input, in the books. Otherwise what it waits for is its own work.</summary>
    protected virtual bool IsStarvedBy(Wait wait) => (wait & (Wait.Input | Wait.Resume | Wait.Outside)) != 0;

    protected sealed override void OnWoken()
    {
    }

    protected sealed override void OnWokenParked()
    {
        if (_isRest)
        {
            run.Stirred();
        }

        // A clock and a scheduler of the user's are not called under a lock of ours, and whoever wakes may hold one.
        if (run.Edge.IsOurs || !Gate.IsHeld || !Gate.TryDefer(_goOn ??= GoOn))
        {
            GoOn();
        }
    }

    private void GoOn()
    {
        _book.Wake(run);
        run.Edge.Schedule(this);
    }

    private void BeginWait(Wait wait)
    {
        _isRest = IsRest(wait);
        _book.Begin((wait & Wait.Room) != 0 ? Wait.Room : IsStarvedBy(wait) ? Wait.Input : Wait.None, run);
    }

    // It executes again, or for the first time.
    private void Book()
    {
        _book.Execute(run);
        if (_began == 0)
        {
            Volatile.Write(ref _began, run.Now);
        }
    }

    protected void HasEnded() => Volatile.Write(ref _ended, run.Now);

    /// <summary>What to call when something foreign that is waited for has ended: it queues, and does nothing else.</summary>
    protected Action Continuation => _continuation ??= () => Wake(Wait.Code | Wait.Outside);

    /// <summary>The run is aborting: ends a sleep that only the run can end.</summary>
    public virtual void WakeUp() => Wake(Wait.Own);

    public bool HasBegun => Volatile.Read(ref _began) != 0;

    public bool IsOver => Volatile.Read(ref _ended) != 0;

    /// <summary>Whether it executes, or waits for code that was called or the outside: what is not ours, and may never return.</summary>
    public virtual bool IsInCode => HasBegun && !IsOver && (!IsParked || (WaitsFor & (Wait.Code | Wait.Outside)) != 0);

    /// <summary>When it began to execute, 0 if it has not; and when it ended, or now.</summary>
    protected (long Began, long End) LifeTo(long now) =>
        (Volatile.Read(ref _began), Volatile.Read(ref _ended) is var ended and not 0 ? ended : now);

    /// <summary>How its time from its start to its end, or to now, was spent.</summary>
    protected IslandTimes Times(long now)
    {
        (long began, long end) = LifeTo(now);
        return began == 0 ? default : _book.Of(Math.Max(0, end - began), end, IsParked, run);
    }
}
