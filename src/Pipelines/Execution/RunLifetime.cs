using Pipelines.Execution;

namespace Pipelines;

// The part of a run that decides when and how it ends; the states are described at the class.
public sealed partial class PipelineRun
{
    private const int Running = 0;
    private const int Paused = 1;
    private const int Stopping = 2;
    private const int Aborting = 3;

    // Guards the cause and what goes with it, the failures and the left-over items: all rare.
    private readonly Lock _gate = new();
    private List<BlockFailure>? _laterFailures;
    private List<object?>? _leftOver;
    private Cause _cause;
    private BlockFailure? _failure;
    private CancellationToken _cancelledBy;
    private int _phase;
    private int _activities = 1; // the starter
    private CancellationTokenRegistration _registration;
    private CancellationTokenSource? _stop;
    private CancellationTokenSource? _abort;
    private Task? _finish;

    private enum Cause
    {
        None,
        Failed,
        Cancelled,
        Aborted,

        /// <summary>Everything has ended by itself: too late for any other cause.</summary>
        Ended,
    }

    /// <summary>The context that the run was started in, with its span: what executes user code executes in it. Null if the flow was suppressed.</summary>
    internal ExecutionContext? Context { get; private set; }

    /// <summary>Producers end: the run is stopping or aborting.</summary>
    internal bool IsStopping => Volatile.Read(ref _phase) >= Stopping;

    /// <summary>Everything ends.</summary>
    internal bool IsAborting => Volatile.Read(ref _phase) == Aborting;

    /// <summary>The run's token or an abort ends it: what waits for an outside reader is not for it any more.</summary>
    internal bool IsCancelled => IsAborting && _cause is Cause.Cancelled or Cause.Aborted;

    /// <summary>For producers: cancelled when the run stops or aborts. Ask while the run is being planned.</summary>
    internal CancellationToken StopToken => (_stop ??= new()).Token;

    /// <summary>For everything else: cancelled when the run aborts. First asked for while the run is being planned.</summary>
    internal CancellationToken AbortToken => (_abort ??= new()).Token;

    internal void Start(CancellationToken cancellationToken)
    {
        _plan.RefuseUnfedBranches();
        if (_plan.Claims is { } claims)
        {
            OneShot.ClaimAll(claims);
        }


        _started = Options.TimeProvider.GetTimestamp();
        Activity? span = RunSpan.Start(MetricName, out ExecutionContext? context);
        Context = context;
        int number = 0;
        for (Island? island = _plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Number = ++number;
            _activities += island.IsDeferred ? 0 : 1;
        }

        PipelineMeter.RunHasStarted(this);
        Place!.Span = span;
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (run, token) => ((PipelineRun)run!).TryAbort(Cause.Cancelled, null, token), this);
        }

        for (Island? island = _plan.FirstIsland; island is not null; island = island.Following)
        {
            if (!island.IsDeferred)
            {
                island.Start();
            }
        }

        // The registration is stored and every island has its place in the count: from here on the run can end. If all of it has ended already,
        // its last step runs where everything runs: it calls user code, which has no business on the caller's thread.
        if (Interlocked.Decrement(ref _activities) == 0)
        {
            Schedule(new LastStep(this));
        }
    }

    internal void Schedule(IThreadPoolWorkItem work)
    {
        if (Options.Scheduler is { } scheduler && scheduler != TaskScheduler.Default)
        {
            StartOn(scheduler, work);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        }
    }

    /// <summary>User code failed. The first failure ends the run; later ones are kept for the report.</summary>
    internal void Fail(BlockFailure failure)
    {
        failure.Mark();
        if (!TryAbort(Cause.Failed, failure))
        {
            NoteFailure(failure);
        }
    }

    /// <summary>Keeps a failure for the report that ends nothing.</summary>
    internal void NoteFailure(BlockFailure failure)
    {
        lock (_gate)
        {
            (_laterFailures ??= []).Add(failure);
        }
    }

    /// <summary>Takes an item that got no further; once everything has stopped it goes to whoever the options name.</summary>
    internal void HandBack(object? item)
    {
        lock (_gate)
        {
            (_leftOver ??= []).Add(item);
        }
    }

    internal void ActivityEnded()
    {
        if (Interlocked.Decrement(ref _activities) == 0)
        {
            FinishInContext();
        }
    }

    /// <summary>The same on a thread that is not the run's: what is left to do for the run's end has no business there.</summary>
    internal void OutsideActivityEnded()
    {
        if (Interlocked.Decrement(ref _activities) == 0)
        {
            Schedule(new LastStep(this));
        }
    }

    // Handing back what is left over is user code, and whoever ends the last activity need not be in the run's context: a cancellation is not.
    private void FinishInContext()
    {
        if (Context is { } context)
        {
            ExecutionContext.Run(context, static run => ((PipelineRun)run!)._finish = ((PipelineRun)run).FinishAsync(), this);
        }
        else
        {
            _finish = FinishAsync();
        }
    }

    private void RequestStop()
    {
        lock (PausingState.Told)
        {
            if (TryMove(Paused, Stopping))
            {
                LetGo(); // producers that hold still are to end
            }
            else if (!TryMove(Running, Stopping))
            {
                return;
            }
        }

        CancelTokens();
    }

    private bool TryAbort(Cause cause, BlockFailure? failure, CancellationToken cancelledBy = default)
    {
        lock (_gate)
        {
            if (_cause != Cause.None)
            {
                return false;
            }

            _cause = cause;
            _failure = failure;
            _cancelledBy = cancelledBy;
            Volatile.Write(ref _phase, Aborting);
        }

        Interlocked.MemoryBarrier(); // the phase before the look at who sleeps; pairs with the announcement of a wait
        for (Island? island = _plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Wake();
        }

        CancelTokens();
        return true;
    }

    // Registered callbacks are user code: they run as an activity of the run, not on the thread of whoever stops it.
    private void CancelTokens()
    {
        if ((_stop is not null || _abort is not null) && TryAddActivity())
        {
            Schedule(new TokenCancellation(this));
        }
    }

    /// <summary>The same for a token of one block.</summary>
    internal void CancelSoon(CancellationTokenSource source)
    {
        if (TryAddActivity())
        {
            Schedule(new SourceCancellation(this, source));
        }
    }

    private void Cancel(CancellationTokenSource? source)
    {
        try
        {
            source?.Cancel();
        }
        catch (AggregateException error)
        {
            Fail(new BlockFailure { Block = "a callback on the run's token", Item = null, Exception = error.Flatten().InnerExceptions[0] });
        }
    }

    /// <summary>Counts something more that executes. False: the run has ended.</summary>
    internal bool TryAddActivity()
    {
        int activities = Volatile.Read(ref _activities);
        while (activities > 0)
        {
            int seen = Interlocked.CompareExchange(ref _activities, activities + 1, activities);
            if (seen == activities)
            {
                return true;
            }

            activities = seen;
        }

        return false; // the run has ended: there is nobody left to tell
    }

    internal BlockFailure[] LaterFailures()
    {
        lock (_gate)
        {
            return _laterFailures is null ? [] : [.. _laterFailures];
        }
    }

    private sealed class LastStep(PipelineRun run) : IThreadPoolWorkItem
    {
        public void Execute() => run.FinishInContext();
    }

    private sealed class TokenCancellation(PipelineRun run) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            run.Cancel(run._stop);
            if (run.IsAborting)
            {
                run.Cancel(run._abort); // whatever the first has thrown: somebody may be waiting for this one
            }

            run.ActivityEnded();
        }
    }

    private sealed class SourceCancellation(PipelineRun run, CancellationTokenSource source) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            run.Cancel(source);
            run.ActivityEnded();
        }
    }
}
