using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>How far a run has come, and why it ends.</summary>
/// <remarks>
/// <para><b>Phase</b>: running, stopping (producers end, the rest drains), aborting (everything ends now): forward only. Between running and paused (producers
/// hold still, the rest drains) it goes both ways. It is changed under the gate and read without it, behind a fence where a sleeper looks.</para>
/// <para><b>Cause</b>: why it ends before its time, set once by whoever is first: a failure, the run's token, an abort. When everything has ended by itself it
/// is too late for any of them. A failure of a run that drains (<see cref="FailureMode"/>) sets the cause and moves the phase to stopping; who then aborts
/// moves the phase only.</para>
/// <para><b>Activities</b> counts what has begun and not ended: islands, workers, pending cancellations, the starter. Whoever takes it to zero is alone, and
/// finishes the run.</para>
/// <para><b>Executing</b> counts those of them that do not sleep: see <see cref="Activity"/>. Modelled in test/Models (CountModel).</para>
/// </remarks>
internal sealed class Life(PipelineRun run)
{
    private readonly Gate _gate = new();
    private int _phase;
    private Cause _cause;
    private BlockFailure? _failure;
    private List<BlockFailure>? _laterFailures;
    private CancellationToken _cancelledBy;
    private int _activities = 1; // the starter
    private int _executing = 1;
    private Rest? _rest;

    private enum Phase
    {
        Running = 0,
        Paused = 1,
        Stopping = 2,
        Aborting = 3,
    }

    /// <summary>The run's lock, for what is rare.</summary>
    public Gate Gate => _gate;

    public bool IsFeeding => Volatile.Read(ref _phase) == (int)Phase.Running;

    public bool IsPaused => Volatile.Read(ref _phase) == (int)Phase.Paused;

    public bool IsStopping => Volatile.Read(ref _phase) >= (int)Phase.Stopping;

    public bool IsAborting => Volatile.Read(ref _phase) == (int)Phase.Aborting;

    /// <summary>The run's token or an abort ends it: what waits for an outside reader is not for it any more.</summary>
    public bool IsCancelled => IsAborting && _cause is Cause.Cancelled or Cause.Aborted;

    /// <summary>Whether everything has ended.</summary>
    public bool IsOver => Volatile.Read(ref _activities) == 0;

    public BlockFailure? Failure => Volatile.Read(ref _failure);

    public CancellationToken CancelledBy => _cancelledBy;

    /// <summary>What is left over when the run has ended is left over because of that.</summary>
    public UndeliveredReason Reason => _cause switch
    {
        Cause.Failed => UndeliveredReason.Failed,
        Cause.Cancelled => UndeliveredReason.Cancelled,
        Cause.Aborted => UndeliveredReason.Aborted,
        _ => UndeliveredReason.NotWanted,
    };

    public BlockFailure[] LaterFailures()
    {
        using (_gate.Enter())
        {
            return _laterFailures is null ? [] : [.. _laterFailures];
        }
    }

    /// <summary>User code failed. The first failure ends the run; later ones are kept for the report.</summary>
    public void Fail(BlockFailure failure)
    {
        failure.Mark();
        FailureMode mode = run.Options.WhenFailed;
        using (_gate.Enter())
        {
            if (_cause != Cause.None)
            {
                (_laterFailures ??= []).Add(failure);
                return;
            }

            _cause = Cause.Failed;
            Volatile.Write(ref _failure, failure);
            MoveTo(mode.Drains ? Math.Max(_phase, (int)Phase.Stopping) : (int)Phase.Aborting);
        }

        if (mode.Drains)
        {
            run.TellOfStop();
            run.AbortAfter(mode.Timeout);
        }
        else
        {
            run.TellOfAbort();
        }
    }

    /// <summary>Keeps a failure for the report that ends nothing.</summary>
    public void NoteFailure(BlockFailure failure)
    {
        using (_gate.Enter())
        {
            (_laterFailures ??= []).Add(failure);
        }
    }

    /// <summary>The same when everything has ended: the run fails with the first of it, unless it has failed before.</summary>
    public void FailLate(BlockFailure failure)
    {
        failure.Mark();
        using (_gate.Enter())
        {
            if (_cause == Cause.Failed)
            {
                (_laterFailures ??= []).Add(failure);
                return;
            }

            _cause = Cause.Failed;
            Volatile.Write(ref _failure, failure);
        }
    }

    /// <summary>Ends everything now. False: it does already.</summary>
    public bool TryAbort(Cause cause, CancellationToken cancelledBy = default)
    {
        using (_gate.Enter())
        {
            if (_cause == Cause.Ended || _phase == (int)Phase.Aborting)
            {
                return false;
            }

            if (_cause == Cause.None)
            {
                (_cause, _cancelledBy) = (cause, cancelledBy);
            }

            MoveTo((int)Phase.Aborting);
        }

        return true;
    }

    public bool TryStop()
    {
        using (_gate.Enter())
        {
            return TryMove(_phase < (int)Phase.Stopping, Phase.Stopping);
        }
    }

    /// <summary>Holds the producers still. False: they were held, or the run ends.</summary>
    /// <param name="rest">What ends when the paused run is at rest, or has ended, or is resumed.</param>
    public bool TryPause(out Rest rest)
    {
        using (_gate.Enter())
        {
            bool pauses = TryMove(_phase == (int)Phase.Running, Phase.Paused);

            // With the phase: a resume that came between the two would find nobody to tell.
            if (Volatile.Read(ref _rest) is { } waitedFor)
            {
                rest = waitedFor;
            }
            else
            {
                Volatile.Write(ref _rest, rest = new Rest());
            }

            return pauses;
        }
    }

    /// <summary>Lets them go on.</summary>
    /// <param name="rest">What was waited for, and has not come to be.</param>
    public bool TryResume(out Rest? rest)
    {
        using (_gate.Enter())
        {
            bool resumes = TryMove(_phase == (int)Phase.Paused, Phase.Running);
            rest = resumes ? TakeRest() : null;
            return resumes;
        }
    }

    /// <summary>Everything has ended: says why, and that it is too late for another cause.</summary>
    public Cause End()
    {
        using (_gate.Enter())
        {
            _cause = _cause == Cause.None ? Cause.Ended : _cause;
            return _cause;
        }
    }

    public RunOutcome OutcomeOf(Cause cause) => cause switch
    {
        Cause.Failed => RunOutcome.Failed,
        Cause.Cancelled => RunOutcome.Cancelled,
        Cause.Aborted => RunOutcome.Stopped,
        _ => IsStopping ? RunOutcome.Stopped : RunOutcome.Completed,
    };

    /// <summary>Counts something more that executes. False: the run has ended.</summary>
    public bool TryAddActivity()
    {
        int activities = Volatile.Read(ref _activities);
        while (activities > 0)
        {
            int seen = Interlocked.CompareExchange(ref _activities, activities + 1, activities);
            if (seen == activities)
            {
                Stirred();
                return true;
            }

            activities = seen;
        }

        return false; // the run has ended: there is nobody left to tell
    }

    /// <summary>The same for so many, before anything runs.</summary>
    public void AddActivities(int count)
    {
        // Something of it may execute already: a failure while it was planned has its tokens cancelled.
        Interlocked.Add(ref _activities, count);
        Interlocked.Add(ref _executing, count);
    }

    /// <summary>Something has ended. True: it was the last.</summary>
    public bool ActivityEnded()
    {
        Rested();
        return Interlocked.Decrement(ref _activities) == 0;
    }

    /// <summary>Somebody who slept is about to execute.</summary>
    public void Stirred() => Interlocked.Increment(ref _executing);

    /// <summary>Somebody sleeps.</summary>
    public void Rested()
    {
        if (Interlocked.Decrement(ref _executing) == 0)
        {
            LookForRest();
        }
    }

    public Rest? TakeRest() => Interlocked.Exchange(ref _rest, null);

    /// <summary>If somebody waits for it and the paused run is at rest, says so. Behind a fence.</summary>
    /// <remarks>Only to whoever was seen to wait: by the time that nothing was seen to execute, the run may have been resumed and paused again.</remarks>
    public void LookForRest()
    {
        if (Volatile.Read(ref _rest) is { } rest
            && IsPaused
            && Volatile.Read(ref _executing) == 0
            && Interlocked.CompareExchange(ref _rest, null, rest) == rest)
        {
            rest.Reached();
        }
    }

    private bool TryMove(bool may, Phase to)
    {
        if (may)
        {
            MoveTo((int)to);
        }

        return may;
    }

    // The phase before the look at who sleeps; pairs with the announcement of a wait.
    private void MoveTo(int phase) => Interlocked.Exchange(ref _phase, phase);

    /// <summary>Why a run ends.</summary>
    public enum Cause
    {
        None,
        Failed,
        Cancelled,
        Aborted,

        /// <summary>Everything has ended by itself.</summary>
        Ended,
    }
}
