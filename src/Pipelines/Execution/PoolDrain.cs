namespace Pipelines.Execution;

// How results get from the workers to the chain.
internal sealed partial class PoolIsland<TIn, TOut>
{
    /// <summary>Puts the results of a part of a run in their places.</summary>
    public void Publish(long place, ReadOnlySpan<TOut> results)
    {
        if (results.IsEmpty)
        {
            return;
        }

        if (_ordered)
        {
            Place(place, results);
            return;
        }

        lock (_gate)
        {
            Place(_placed, results);
            _placed += results.Length;
        }
    }

    /// <summary>
    /// Puts a failure in its place. False: it ends the run when the head arrives at it, and nothing more is claimed. Upstream is not told, and waits for room once the
    /// link is full: told that nobody takes any more, a block that has another line would go on with that one, and empty the source for nothing.
    /// </summary>
    public bool PublishFailure(long place, TIn item, Exception error)
    {
        bool goesOn = !Head.Blueprint.Options.OnError.Stops;
        lock (_gate)
        {
            place = _ordered ? place : _placed++;
            _failures.Add(place, new FailedItem(item, error));
            if (!goesOn)
            {
                CloseClaims(endsAt: _ordered ? place : 0);
            }
        }

        Volatile.Write(ref _done[(int)place & _mask], Failed);
        return goesOn;
    }

    /// <summary>A result that came too late: its item has failed.</summary>
    public void Discard(TOut result) => _chain.Discard(result);

    private void Place(long place, ReadOnlySpan<TOut> results)
    {
        int first = (int)place & _mask;
        int upToEnd = Math.Min(results.Length, _results.Length - first);
        results[..upToEnd].CopyTo(_results.AsSpan(first));
        results[upToEnd..].CopyTo(_results);
        Volatile.Write(ref _done[first], results.Length);
    }

    /// <summary>Becomes the drainer if there is something to drain and nobody does.</summary>
    public bool TryEnterDrain() =>
        // The exchange is the fence behind the publication.
        Interlocked.CompareExchange(ref _draining, 1, 0) == 0;

    /// <summary>As drainer, passes on what stands at the head, waiting for room as needed; then leaves.</summary>
    /// <remarks>It throws nothing: the worker may have an item in hand that is not about the chain and must be seen to its end.</remarks>
    public async ValueTask DrainAsync()
    {
        try
        {
            do
            {
                while (!_chainReady || !Emit())
                {
                    bool goesOn = _failureAtHead ? await EmitFailureAsync() : _chainReady = await ReadyAsync(_chain);
                    if (!goesOn)
                    {
                        TakeNoMore();
                        return;
                    }
                }

                Interlocked.Exchange(ref _draining, 0);
            }
            while (Volatile.Read(ref _done[(int)Volatile.Read(ref _head) & _mask]) != 0 && TryEnterDrain());
        }
        catch (Exception error)
        {
            Caught(error);
            TakeNoMore();
        }
    }

    // Nobody downstream takes any more, or the run is aborting: what is left is given back in the end.
    // The drainer stays one: nothing is to be drained any more.
    private void TakeNoMore()
    {
        lock (_gate)
        {
            CloseClaims(0);
        }

        _link.LeaveReader();
    }

    // False: the chain takes no more at the moment, or a failed item stands at the head.
    private bool Emit()
    {
        while (true)
        {
            int first = (int)_head & _mask;
            int run = Volatile.Read(ref _done[first]);
            if (run == 0)
            {
                return true;
            }

            if (run == Failed)
            {
                _failureAtHead = true;
                return false;
            }

            while (_emittedOfRun < run)
            {
                ref TOut place = ref _results[(first + _emittedOfRun) & _mask];
                TOut result = place;
                place = default!;
                _emittedOfRun++;
                Head.Counted++;
                if (!_chain.Push(result) || Run.IsAborting)
                {
                    _chainReady = false;
                    break;
                }
            }

            if (_emittedOfRun == run)
            {
                _done[first] = 0;
                _emittedOfRun = 0;
                MoveHead(run);
            }

            if (!_chainReady)
            {
                return false;
            }
        }
    }

    // True: the block's policy is to go on without the item.
    private async ValueTask<bool> EmitFailureAsync()
    {
        _failureAtHead = false;
        FailedItem failed;
        lock (_gate)
        {
            _failures.Remove(_head, out failed);
        }

        _done[(int)_head & _mask] = 0;
        bool goesOn = await Head.CaughtAsync(failed.Item, failed.Error);
        MoveHead(1); // only now: while its letter waits for room, the item is in flight
        return goesOn;
    }

    private void MoveHead(int places)
    {
        Interlocked.Exchange(ref _head, _head + places);
        if (Volatile.Read(ref _windowFull))
        {
            lock (_gate)
            {
                _windowFull = false;
                CallForHelp();
            }
        }
    }

    /// <summary>The last worker is done: flushes the chain and passes the end on.</summary>
    public async ValueTask FinishAsync()
    {
        _link.LeaveReader();
        try
        {
            await CompleteAsync(_chain);
        }
        catch (Exception error)
        {
            Caught(error); // what is flushed may fail like what is passed on
        }

        HasEnded();
    }

    /// <summary>A run of that many items took that long: chooses the length of the next.</summary>
    public void Measured(int items, long ticks)
    {
        TimeSpan time = Time.GetElapsedTime(0, ticks);
        _isQuick = time < s_quickRun && 2L * items > _longestRun;
        if (time < s_shortRun)
        {
            if (items >= _runLength)
            {
                _runLength = Math.Min(2 * items, _longestRun);
            }
        }
        else if (time > s_longRun)
        {
            _runLength = Math.Max(1, (int)(items * (s_goodRun / time)));
        }
    }

    /// <summary>Whether a run that has taken that long is to be cut short.</summary>
    public bool IsTooLong(long ticks) => Time.GetElapsedTime(0, ticks) > s_longRun;

    /// <summary>An item was pending: from here on one item at a time, until items complete at once again.</summary>
    public void MeasuredPending()
    {
        _runLength = 1;
        _isQuick = false;
    }
}
