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

    internal bool IsInTokenCallback => _tokens is { IsCancelling: true };

    internal bool IsDisposingLeftovers => _leftovers is { IsDisposing: true };

    // Made while the run is planned, if anybody wants one.
    private RunTokens Tokens => _tokens ??= new(this);

    /// <summary>What is done with items that go no further. Made when the first one does.</summary>
    internal Leftovers Leftovers => Volatile.Read(ref _leftovers) ?? Interlocked.CompareExchange(ref _leftovers, new(this), null) ?? _leftovers;

    /// <summary>The run begins now: from here on its clock goes. If that throws, nothing has begun.</summary>
    internal void Begin() => _started = Edge.Begin();

    internal void Start(CancellationToken cancellationToken) => RunStart.Start(this, cancellationToken);

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
            Edge.Schedule(new RunStart.LastStep(this));
        }
    }

    internal void Stirred() => Life.Stirred();

    internal void Rested() => Life.Rested();

    // Handing back what is left over is user code, and whoever ends the last activity need not be in the run's context: a cancellation is not.
    internal void Finish()
    {
        if (Context is { } context && !ReferenceEquals(context, ExecutionContext.Capture()))
        {
            ExecutionContext.Run(context, static run => _ = RunFinish.FinishAsync((PipelineRun)run!), this);
        }
        else
        {
            _ = RunFinish.FinishAsync(this);
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
    internal void AbortAfter(TimeSpan timeout) => _drainTimer = Edge.After(timeout, static run => ((PipelineRun)run!).TryAbort(Life.Cause.Failed), this);

    internal void CancelSoon(CancellationTokenSource source) => Tokens.CancelSoon(source);

    /// <inheritdoc cref="RunCompletion.ResultAsync"/>
    internal Task<T> ResultAsync<T>(Func<T> value) => _completion.ResultAsync(_ => value());

    // For the run's last step.
    internal void LeaveToken()
    {
        Registration.Unregister();
        Edge.Dispose(_drainTimer);
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
        _completion.End(cause, Snapshot());
    }

    // The islands sleep behind the phase: who holds still sees it change, or is seen.
    private void LetGo()
    {
        for (Island? island = Plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Resume();
        }
    }
}
