using Pipelines.Execution;

namespace Pipelines.Processes;

// How its processes end, and what comes of what they had in hand.
internal sealed partial class ChildWorker<TIn, TOut>
{
    // Behind each tick: whether the process is late with its start or with an item.
    private void LookAtClock(ChildProcess child)
    {
        if (!_hasTicked)
        {
            return;
        }

        (_hasTicked, _isTimerSet) = (false, false);
        long now = _run.Edge.Timestamp();
        bool isReady = child.State != WorkerState.Starting;
        long begun = Begun(child);
        if (_doom != Doom.None || (isReady && begun <= _leases.FirstNumber))
        {
            _clock.Reset();
        }
        else if (!isReady)
        {
            if (!_stage.Options.WaitForDebugger && _run.Edge.Elapsed(now - _startedAt) >= _stage.Options.StartTimeout)
            {
                Kill(child, Doom.StartedTooLate);
            }
        }
        else if (_clock.Look(begun, now) is { } taken)
        {
            if (_limit is { } limit && _run.Edge.Elapsed(taken) >= limit)
            {
                Kill(child, Doom.TookTooLong);
            }
            else
            {
                _outbox.TakeBack(child, begun, Return);
            }
        }
    }

    private void Kill(ChildProcess child, Doom doom)
    {
        _doom = doom;
        child.Kill();
    }

    // It is gone, and its answers are taken in: who is to blame, and what is begun again.
    private void Bury(ChildProcess child, ref bool hasBaton)
    {
        WorkerExit exit = child.Exit!;
        Doom doom = _doom;
        bool wasReady = child.State != WorkerState.Starting;

        // At most one was begun and is not answered, unless answers could not be read any more.
        int unanswered = (int)Math.Clamp(Begun(child) - _leases.FirstNumber, 0, _leases.Sent);
        int ended = doom == Doom.Damaged ? (int)Math.Clamp(Volatile.Read(ref child.Marks.Ended) - _leases.FirstNumber, 0, unanswered) : 0;
        if (child.CallbackError is { } error)
        {
            Pool.Head.Note(error);
        }

        child.Dispose();
        Leases<TIn>.Lease[] begun = [.. Enumerable.Range(0, unanswered).Select(_ => _leases.TakeFirst())];
        _leases.TakeBack(0, Return);
        Renew();
        if (!wasReady)
        {
            ChildEnd.InStart(_stage, exit, doom, ++_deathsInStart);
        }

        for (int i = 0; i < begun.Length; i++)
        {
            if (i < ended && _stage.Options.Attempts > 1)
            {
                Return(begun[i].Place, [begun[i].Item]); // only its answer is lost
            }
            else
            {
                _inbox.Blame(begun[i], exit, doom == Doom.TookTooLong ? _limit : null, ref hasBaton);
            }
        }
    }

    // It has done enough, or become too large: it leaves by itself, and another takes its place.
    private Worked Replace(ChildProcess child)
    {
        _leaving.RemoveAll(task => task.IsCompletedSuccessfully);
        _leaving.Add(ChildEnd.LeaveAsync(child, _stage, Pool.Head, isCancelled: false));
        Renew();
        return Worked.Turn;
    }

    private void Renew()
    {
        Volatile.Write(ref _child, null);
        Volatile.Write(ref _restarts, _restarts + 1);
        _doom = Doom.None;
        _outbox.Reset();
        _inbox.Reset();
        _clock.Reset();
    }

    private static long Begun(ChildProcess child) => Volatile.Read(ref child.Marks.Begun) & ~Marks.TakenBack;

    private async ValueTask LeaveAsync()
    {
        _abort.Unregister();
        if (_timer is { } timer)
        {
            await timer.DisposeAsync();
        }

        if (_child is { } child)
        {
            _leaving.Add(ChildEnd.LeaveAsync(child, _stage, Pool.Head, _run.IsAborting));
            Volatile.Write(ref _child, null);
        }

        await Task.WhenAll(_leaving);
    }
}
