using Pipelines.Execution;

namespace Pipelines;

// What blocks and islands see of a run.
public sealed partial class PipelineRun
{
    /// <summary>Producers may feed.</summary>
    internal bool IsFeeding => Life.IsFeeding;

    /// <summary>Producers end: the run is stopping or aborting.</summary>
    internal bool IsStopping => Life.IsStopping;

    /// <summary>Everything ends.</summary>
    internal bool IsAborting => Life.IsAborting;

    internal bool IsCancelled => Life.IsCancelled;

    /// <summary>What this run shows the outside of a block: its writer, its reader, its result. Null if the block is not part of the run.</summary>
    internal T? Handle<T>(Blueprint blueprint)
        where T : class => (T?)Plan.Handle(blueprint);

    internal CancellationToken StopToken => Tokens.Stop;

    internal CancellationToken AbortToken => Tokens.Abort;

    // Made while the run is planned, if anybody wants one.
    private RunTokens Tokens => _tokens ??= new(this);

    /// <summary>What is done with items that go no further. Made when the first one does.</summary>
    internal Leftovers Leftovers => Volatile.Read(ref _leftovers) ?? Interlocked.CompareExchange(ref _leftovers, new(this), null) ?? _leftovers;

    internal void Start(CancellationToken cancellationToken)
    {
        Plan.RefuseUnfedBranches();
        _started = Edge.Begin(); // before anything is claimed: if it throws, the caller may try again
        if (Plan.Claims is { } claims)
        {
            OneShot.ClaimAll(claims);
        }

        System.Diagnostics.Activity? span = RunSpan.Start(this, out ExecutionContext? context, out ItemSpans? items);
        (Context, ItemSpans) = (context, items);
        int number = 0;
        int begun = 0;
        for (Island? island = Plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Number = ++number;
            begun += island.IsDeferred ? 0 : 1;
        }

        Life.AddActivities(begun);
        PipelineMeter.RunHasStarted(this);
        Place!.Span = span;
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static (run, token) => ((PipelineRun)run!).TryAbort(Life.Cause.Cancelled, token), this);
        }

        for (Island? island = Plan.FirstIsland; island is not null; island = island.Following)
        {
            if (!island.IsDeferred)
            {
                island.Start();
            }
        }

        // The registration is stored and every island has its place in the count: from here on the run can end. If all of it has ended already,
        // its last step runs where everything runs: it calls user code, which has no business on the caller's thread.
        if (Life.ActivityEnded())
        {
            Edge.Schedule(new LastStep(this));
        }
    }

    internal void Schedule(IThreadPoolWorkItem work) => Edge.Schedule(work);

    internal void Fail(BlockFailure failure) => Life.Fail(failure);

    internal void FailLate(BlockFailure failure) => Life.FailLate(failure);

    internal void NoteFailure(BlockFailure failure) => Life.NoteFailure(failure);

    internal BlockFailure[] LaterFailures() => Life.LaterFailures();

    /// <summary>Counts something more that executes. False: the run has ended.</summary>
    internal bool TryAddActivity() => Life.TryAddActivity();

    internal void ActivityEnded()
    {
        if (Life.ActivityEnded())
        {
            Finish();
        }
    }

    /// <summary>The same on a thread that is not the run's: what is left to do for the run's end has no business there.</summary>
    internal void OutsideActivityEnded()
    {
        if (Life.ActivityEnded())
        {
            Edge.Schedule(new LastStep(this));
        }
    }

    internal void Stirred() => Life.Stirred();

    internal void Rested() => Life.Rested();

    // Handing back what is left over is user code, and whoever ends the last activity need not be in the run's context: a cancellation is not.
    private void Finish()
    {
        if (Context is { } context && !ReferenceEquals(context, ExecutionContext.Capture()))
        {
            ExecutionContext.Run(context, static run => ((PipelineRun)run!)._finish = RunFinish.FinishAsync((PipelineRun)run), this);
        }
        else
        {
            _finish = RunFinish.FinishAsync(this);
        }
    }

    /// <summary>Runs something in the context that the run was started in.</summary>
    internal void InContext(Action action)
    {
        if (Context is { } context)
        {
            ExecutionContext.Run(context, static action => ((Action)action!)(), action);
        }
        else
        {
            action();
        }
    }

    /// <summary>A delegate may have left values in the context, which are not the next item's.</summary>
    internal void RestoreContext()
    {
        if (Context is { } context && !ReferenceEquals(context, ExecutionContext.Capture()))
        {
            ExecutionContext.Restore(context);
        }
    }

    /// <summary>Ends everything now.</summary>
    internal void TryAbort(Life.Cause cause, CancellationToken cancelledBy = default)
    {
        if (Life.TryAbort(cause, cancelledBy))
        {
            TellOfAbort();
        }
    }

    /// <summary>The phase has moved to aborting.</summary>
    internal void TellOfAbort()
    {
        for (Island? island = Plan.FirstIsland; island is not null; island = island.Following)
        {
            island.WakeUp();
        }

        _tokens?.CancelSoon();
    }

    /// <summary>The phase has moved to stopping, perhaps from paused.</summary>
    internal void TellOfStop()
    {
        LetGo(); // producers that hold still are to end
        _tokens?.CancelSoon();
    }

    /// <summary>The run drains behind a failure: what is left then is aborted.</summary>
    internal void AbortAfter(TimeSpan timeout)
    {
        if (timeout == TimeSpan.Zero)
        {
            TryAbort(Life.Cause.Failed);
        }
        else if (timeout != Timeout.InfiniteTimeSpan)
        {
            try
            {
                _drainTimer = Options.TimeProvider.CreateTimer(
                    static run => ((PipelineRun)run!).TryAbort(Life.Cause.Failed), this, Require.ForTimer(timeout), Timeout.InfiniteTimeSpan);
            }
            catch (Exception error)
            {
                NoteFailure(new BlockFailure { Block = "the clock", Item = null, Exception = error });
                TryAbort(Life.Cause.Failed);
            }
        }
    }

    internal void CancelSoon(CancellationTokenSource source) => Tokens.CancelSoon(source);

    /// <summary>What ends with the run. At once if it has ended.</summary>
    internal void AddResult(RunResult result)
    {
        using (Life.Gate.Enter())
        {
            if (!_resultsAreTold)
            {
                (_results ??= []).Add(result);
                return;
            }
        }

        Tell(result);
    }

    /// <summary>A value that the run has made, when it has ended well; how it has ended otherwise shows as in the run's own task.</summary>
    internal Task<T> ResultAsync<T>(Func<T> value)
    {
        var result = new RunResult<T>(_ => value());
        AddResult(result);
        _ = _completion.Task.ContinueWith(
            static task => _ = task.Exception, // whoever has the value's task sees it there
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return result.Task;
    }

    // For the run's last step.
    internal void LeaveToken()
    {
        _registration.Unregister();
        _drainTimer?.Dispose();
    }

    internal ValueTask GiveBackLeftoversAsync() => _leftovers is { } leftovers ? leftovers.GiveBackAsync() : default;

    /// <summary>What the outside has left untaken, after the run has ended. Returns the first failure.</summary>
    internal ValueTask<BlockFailure?> GiveBackAsync(IEnumerable<object?> items)
    {
        BlockRun last = Plan.FirstBlock!;
        while (last.Following is { } following)
        {
            last = following;
        }

        return Leftovers.GiveBackAsync(items, last);
    }

    internal void HasEnded()
    {
        _ended = Edge.Timestamp();
        _hasEnded = true;
        _outcome = Life.OutcomeOf(Life.End());
    }

    internal void LeaveMeters(BlockFailure? failure)
    {
        System.Diagnostics.Activity? span = Place!.Span;
        PipelineMeter.RunHasEnded(this, failure);
        RunSpan.End(span, _outcome, failure);
    }

    internal void SetCompletion()
    {
        // Decided here for good: a clock that broke while the meters were told is a failure too, and the report says what the task does.
        Life.Cause cause = Life.End();
        _outcome = Life.OutcomeOf(cause);
        PipelineReport report = Snapshot();
        switch (cause)
        {
            case Life.Cause.Failed:
                PipelineReport.Remember(Failure!.Exception, report);
                _completion.SetException(Failure!.Exception);
                break;
            case Life.Cause.Cancelled:
                PipelineReport.Remember(_completion.Task, report);
                _completion.SetCanceled(Life.CancelledBy);
                break;
            default:
                _completion.SetResult(report);
                break;
        }

        List<RunResult>? results;
        using (Life.Gate.Enter())
        {
            _resultsAreTold = true;
            results = _results;
            _results = null;
        }

        results?.ForEach(Tell);
    }

    private void Tell(RunResult result)
    {
        Task<PipelineReport> completion = _completion.Task;
        if (completion.IsCompletedSuccessfully)
        {
            result.Succeed(completion.Result);
        }
        else if (completion.IsFaulted)
        {
            result.Fail(completion.Exception!.InnerException!);
        }
        else
        {
            result.Cancel(Life.CancelledBy);
        }
    }

    // The islands sleep behind the phase: who holds still sees it change, or is seen.
    private void LetGo()
    {
        for (Island? island = Plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Resume();
        }
    }

    // A stop tells the producers alone: the others go on until their input ends.
    private string[] HeldUpBy()
    {
        if (!IsStopping || _completion.Task.IsCompleted)
        {
            return [];
        }

        List<string> names = [];
        for (Island? island = Plan.FirstIsland; island is not null; island = island.Following)
        {
            if (island.IsInCode && (IsAborting || island.Head.Blueprint.Kind == BlockKind.Producer))
            {
                names.Add(NameOf(island.InsideOf));
            }
        }

        if (_tokens is { IsCancelling: true })
        {
            names.Add(RunTokens.CallbackName);
        }

        if (_leftovers is { IsDisposing: true })
        {
            names.Add(Options.OnUndelivered is null ? nameof(PipelineOptions.DisposeUndelivered) : nameof(PipelineOptions.OnUndelivered));
        }

        if (TellsOutside is { } outside)
        {
            names.Add(outside);
        }

        return [.. names];
    }

    private sealed class LastStep(PipelineRun run) : IThreadPoolWorkItem
    {
        public void Execute() => run.Finish();
    }
}
