namespace Pipelines.Processes;

// How its process ends, and what comes of what it had in hand.
internal sealed partial class ChildWorker<TIn, TOut>
{
    // What was not begun has been taken back, and the worker process has not seen it yet.
    private bool _isTakenBack;

    // Some of an item that was taken back has been sent.
    private bool _isForgetDue;
    private long _watched = -1;
    private long _watchedSince;

    // Behind each tick: whether the process is late with its start or with an item.
    private void LookAtClock(ChildProcess child)
    {
        if (!_hasTicked)
        {
            return;
        }

        (_hasTicked, _isTimerSet) = (false, false);
        long now = _run.Edge.Timestamp();
        if (child.State == WorkerState.Starting)
        {
            if (_doom == Doom.None && !_stage.Options.WaitForDebugger && _run.Edge.Elapsed(now - _startedAt) >= _stage.Options.StartTimeout)
            {
                _doom = Doom.StartedTooLate;
                child.Kill();
            }

            return;
        }

        long begun = Begun(child);
        if (_doom != Doom.None || begun <= _leases.FirstNumber)
        {
            _watched = -1;
        }
        else if (_watched != begun)
        {
            (_watched, _watchedSince) = (begun, now);
        }
        else if (_limit is { } limit && _run.Edge.Elapsed(now - _watchedSince) >= limit)
        {
            _doom = Doom.TookTooLong;
            child.Kill();
        }
        else
        {
            TakeBack(child, begun);
        }
    }

    // What waits behind an item that takes long goes to others. The process may begin the next at this very moment: then it keeps that one.
    private void TakeBack(ChildProcess child, long begun)
    {
        int kept = (int)(begun - _leases.FirstNumber);
        if (_isTakenBack || _leases.Count <= kept)
        {
            return;
        }

        if (_leases.Sent <= kept)
        {
            TakeBackFrom(kept); // it has not seen them
            return;
        }

        child.Marks.TakenBackTo = _leases.FirstNumber + _leases.Sent;
        if (Interlocked.CompareExchange(ref child.Marks.Begun, begun | Marks.TakenBack, begun) == begun)
        {
            _isTakenBack = true;
            TakeBackFrom(kept);
        }
    }

    private void TakeBackFrom(int kept)
    {
        _leases.TakeBack(kept, (place, items) => Pool.Return(place, items));
        _isForgetDue |= !_large.IsEmpty;
        _large = default;
    }

    // It has left out what was taken back, and has nothing in hand.
    private bool IsFreeAgain(ChildProcess child)
    {
        if (_leases.Count > 0 || Volatile.Read(ref child.Marks.Begun) != child.Marks.TakenBackTo)
        {
            return false;
        }

        _leases.FirstNumber = child.Marks.TakenBackTo;
        _isTakenBack = false;
        return true;
    }

    private static long Begun(ChildProcess child) => Volatile.Read(ref child.Marks.Begun) & ~Marks.TakenBack;

    // It is gone, and its answers are taken in: who is to blame, and what is begun again.
    private void Bury(ChildProcess child, ref bool hasBaton)
    {
        WorkerExit exit = child.Exit!;
        bool wasReady = child.State != WorkerState.Starting;
        Doom doom = _doom;
        long begun = Begun(child);
        long ending = Volatile.Read(ref child.Marks.Ended);
        if (child.CallbackError is { } error)
        {
            Pool.Head.Note(error);
        }

        Forget();
        child.Dispose();
        if (!wasReady)
        {
            DiedInStart(exit, doom);
            return;
        }

        // At most one was begun and is not answered, unless answers could not be read any more.
        int unanswered = (int)Math.Clamp(begun - _leases.FirstNumber, 0, _leases.Sent);
        int ended = doom == Doom.Damaged ? (int)Math.Clamp(ending - _leases.FirstNumber, 0, unanswered) : 0;
        var begunItems = new Leases<TIn>.Lease[unanswered];
        for (int i = 0; i < unanswered; i++)
        {
            begunItems[i] = _leases.TakeFirst();
        }

        _leases.TakeBack(0, (place, items) => Pool.Return(place, items));
        for (int i = 0; i < unanswered; i++)
        {
            if (i < ended && _stage.Options.Attempts > 1)
            {
                Pool.Return(begunItems[i].Place, [begunItems[i].Item]); // only its answer is lost
            }
            else
            {
                Blame(begunItems[i], exit, doom, ref hasBaton);
            }
        }
    }

    private void Blame(Leases<TIn>.Lease item, WorkerExit exit, Doom doom, ref bool hasBaton)
    {
        if (doom == Doom.TookTooLong)
        {
            Fail(item, Exceeded(), ref hasBaton);
            return;
        }

        int attempts = _crashes.On(item.Place);
        if (attempts >= _stage.Options.Attempts)
        {
            string times = attempts == 1 ? "a worker process" : $"{attempts} worker processes, one after the other,";
            Fail(item, new WorkerCrashedException($"{_stage.Name}: {times} died on this item", exit, attempts), ref hasBaton);
        }
        else
        {
            Pool.Return(item.Place, [item.Item]);
        }
    }

    // Another takes its place.
    private void Forget()
    {
        Volatile.Write(ref _child, null);
        Volatile.Write(ref _restarts, _restarts + 1);
        (_doom, _isTakenBack, _isForgetDue, _watched, _large) = (Doom.None, false, false, -1, default);
        _parts.Forget();
    }

    // Whoever is killed from outside may try again; one that ends by itself would do so again.
    private void DiedInStart(WorkerExit exit, Doom doom)
    {
        if (doom == Doom.StartedTooLate)
        {
            throw new WorkerCrashedException(
                $"{_stage.Name}: a worker process was not ready within {_stage.Options.StartTimeout} and was killed", exit, attempts: 0);
        }

        if (exit.Signal != 9 || ++_deathsInStart >= Math.Max(3, _stage.Options.Attempts))
        {
            throw new WorkerCrashedException($"{_stage.Name}: a worker process ended before it was ready for its first item", exit, attempts: 0);
        }
    }

    private async ValueTask DisposeAsync()
    {
        _abort.Unregister();
        if (_timer is { } timer)
        {
            await timer.DisposeAsync();
        }

        if (_child is { } child)
        {
            _leaving.Add(EndAsync(child, _run.IsAborting));
            Volatile.Write(ref _child, null);
        }

        await Task.WhenAll(_leaving);
    }

    // What its end throws is not about an item, and fails the run.
    private async Task EndAsync(ChildProcess child, bool isCancelled)
    {
        WorkerExit exit = await child.LeaveAsync(isCancelled);
        Exception? broken = isCancelled ? null : LastWords(child);
        if (child.CallbackError is { } error)
        {
            Pool.Head.Note(error);
        }

        child.Dispose();
        if (broken is not null)
        {
            throw broken;
        }

        if (!isCancelled && exit is { Reason: WorkerExitReason.Left, ExitCode: not 0 })
        {
            Pool.Head.Note(new WorkerCrashedException($"{_stage.Name}: a worker process crashed while it left", exit, attempts: 0));
        }
    }

    private static Exception? LastWords(ChildProcess child)
    {
        try
        {
            while (child.Answers.TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes))
            {
                if (kind == Frame.Broken)
                {
                    return WorkerFailure.FromBytes(bytes);
                }

                child.Answers.Take();
            }

            return null;
        }
        catch (InvalidDataException damaged)
        {
            return damaged;
        }
    }
}
