namespace Pipelines.Execution;

// What happens at the edges of a run: room, waits, the end.
internal sealed partial class SectionWorker<TIn, TOut>
{
    private Worked GetReady()
    {
        try
        {
            switch (_chain!.Check())
            {
                case Readiness.Ready:
                    _isReady = _chain.Resume();
                    return Worked.On;
                case Readiness.Finished:
                    return Worked.On; // the line is closed
            }
        }
        catch (Exception error)
        {
            Caught(error);
            return Worked.On;
        }

        return _call is not null ? Worked.On : _letter.IsOut ? WaitForLetter() : SeeToRoom();
    }

    // The end of the section is full: takes the baton if it is there, gets more slots, puts down what it has, or lies down.
    private Worked SeeToRoom()
    {
        SectionLine<TIn, TOut> line = _line!;
        if (_end.IsDirect)
        {
            if (_end.OwesTurn && _block.IsChainReady)
            {
                _end.BeginTurn();
                return Worked.Turn;
            }

            LeaveBaton();
            return Worked.On;
        }

        if (_end.NeedsSpace)
        {
            _block.GiveSpace(_end);
            return Worked.On;
        }

        bool hadLain = _hasLain;
        _hasLain = true; // before: who lies may be on another thread already
        Worked worked = _block.SeeToRoom(this, line, _end);
        if (worked != Worked.Away)
        {
            _hasLain = hadLain;
        }

        return worked;
    }

    private void LeaveBaton()
    {
        SectionLine<TIn, TOut> line = _line!;
        _end.EndDirect();
        _block.LeaveBaton();
        _end.SetLimit(_block.LimitOf(line));
        if (_end.NeedsSpace)
        {
            _block.GiveSpace(_end);
        }
    }

    // Before a wait: nothing of what it has is to wait with it.
    private void PutDown()
    {
        _hasWaited = true;
        SectionLine<TIn, TOut> line = _line!;
        if (_next < line.To)
        {
            ReturnRest();
        }

        if (_end.IsDirect)
        {
            LeaveBaton();
        }
        else
        {
            _block.PutDown(line, _end);
        }
    }

    private void ReturnRest()
    {
        _hasWaited = true;
        _block.Return(_line!, _next, _end.IsDirect ? 0 : _end.Count + 1);
        _block.Length.MeasuredPending();
    }

    private Worked WaitForLetter()
    {
        PutDown();
        _hasLain = true;
        return _letter.TryWait() ? Worked.Away : Worked.On; // told meanwhile
    }

    // On: and it may have another in hand. Otherwise it may execute elsewhere by now.
    private Worked EndRun()
    {
        int measured = _hasLain ? 0 : _line!.To - _first;
        long now = _run.Edge.Timestamp();
        if (!_hasWaited)
        {
            _block.Length.Measured(_line!.To - _first, now - _began);
        }

        _began = now;
        _run.RestoreContext();
        Worked claimed = EndLine(null, now, claims: !IsTurnOver && !_isSpent, measured);
        return claimed == Worked.Turn ? Worked.On : claimed;
    }

    // No more items are begun.
    private void GiveUpRest(SectionLine<TIn, TOut> line)
    {
        for (; _next < line.To; _next++)
        {
            _block.Head.Undeliver(line.Items[_next]);
        }

        _isSpent = true;
    }

    // The run is left before its end: since an item has failed, or nothing more is wanted. False: code that was called must return first.
    private bool Leave()
    {
        SectionLine<TIn, TOut> line = _line!;
        FailedItem? failure = _failure;
        if (!_chain!.TryLeave())
        {
            return false;
        }

        if (failure is null && _failure is { } late)
        {
            late.Block!.CaughtBehindTheEnd(late.Item, late.Error); // as it was left
        }

        if (failure is null && !_isSpent && !_run.IsAborting)
        {
            CompleteQuietly();
        }

        GiveUpRest(line);
        (_failure, _isReady) = (null, false);
        EndLine(failure);
        return true;
    }

    // Nobody takes any more: what is open is closed, and has not been lost.
    private void CompleteQuietly()
    {
        try
        {
            _chain!.Complete();
        }
        catch (Exception error)
        {
            Caught(error);
            _failure = null;
        }
    }

    private Worked EndLine(FailedItem? failure, long now = 0, bool claims = false, int measured = 0)
    {
        _block.Pilot?.Leave(_entered, measured, 0);
        SectionLine<TIn, TOut> line = _line!;
        bool hasBaton = _end.IsDirect || _bringsBaton;
        _end.EndDirect();
        _line = null;
        (_isBegun, _bringsBaton) = (false, false);
        return _block.EndLine(this, line, _end.Take(failure), hasBaton, now, claims);
    }

    // Whose it is: that of the block whose delegate was called and has not returned; or else of the chain behind the section, if it was being pushed to.
    private void Caught(Exception error)
    {
        if (SectionCopy.TryCatch(_copies, error))
        {
            return;
        }

        _isSpent = true;
        if (_end.IsDirect)
        {
            _block.CaughtInChain(error);
        }
        else
        {
            _block.WorkerFailed(error);
        }
    }
}
