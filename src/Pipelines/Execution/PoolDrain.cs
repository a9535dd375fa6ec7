using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

// How results get from the workers to the chain.
internal sealed partial class PoolIsland<TIn, TOut>
{
    /// <summary>Puts the results of a part of a run in their places. True: with them came the baton, and this worker is to <see cref="TryDrain"/>.</summary>
    public bool Publish(long place, ReadOnlySpan<TOut> results)
    {
        if (results.IsEmpty)
        {
            return false;
        }

        int first = (int)PlaceOf(place, results.Length) & _mask;
        int upToEnd = Math.Min(results.Length, _results.Length - first);
        results[..upToEnd].CopyTo(_results.AsSpan(first));
        results[upToEnd..].CopyTo(_results);
        return Interlocked.Exchange(ref _done[first], results.Length) == Baton;
    }

    /// <summary>
    /// Puts a failure in its place. If the block's policy does not go on without the item, it ends the run when the head arrives at it, and nothing more is claimed. Upstream is not
    /// told, and waits for room once the link is full: told that nobody takes any more, a block that has another line would go on with that one, and empty the source for nothing.
    /// </summary>
    /// <returns>Whether the baton came with it.</returns>
    public bool PublishFailure(long place, TIn item, Exception error)
    {
        place = PlaceOf(place, 1);
        lock (_gate)
        {
            _failures.Add(place, new FailedItem(item, error));
            if (!GoesOnBehindFailures)
            {
                CloseClaims(endsAt: _ordered ? place : 0);
            }
        }

        return Interlocked.Exchange(ref _done[(int)place & _mask], Failed) == Baton;
    }

    public bool GoesOnBehindFailures => !Head.OnError.Stops;

    /// <summary>A result that came too late: its item has failed.</summary>
    public void Discard(TOut result) => _chain.Discard(result);

    // In an unordered pool a result's place is decided when it comes.
    private long PlaceOf(long place, int results) => _ordered ? place : Interlocked.Add(ref _placed, results) - results;

    /// <summary>Passes one result on, sooner or later. The answer is that of <see cref="TryDrain"/>.</summary>
    public bool TryPass(long place, TOut result, bool mayDefer)
    {
        place = PlaceOf(place, 1);
        int first = (int)place & _mask;
        _results[first] = result;
        return Interlocked.Exchange(ref _done[first], 1) != Baton || TryDrain(mayDefer);
    }

    /// <summary>
    /// With the baton in hand, passes on what stands at the head, and leaves the baton in the first place that is not published. False: what there is to do must be waited for:
    /// await <see cref="DrainAsync"/>.
    /// </summary>
    /// <param name="mayDefer">The worker has better things to do: if there are others at work, so that there will be more to pass on in a moment, a drainer does it for all of them.</param>
    public bool TryDrain(bool mayDefer = false) => (mayDefer && TryStartDrainer()) || TryEmit();

    /// <summary>The same, waiting for room as needed.</summary>
    /// <remarks>It throws nothing: the worker may have an item in hand that is not about the chain and must be seen to its end.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask DrainAsync()
    {
        try
        {
            while (!TryEmit())
            {
                Interlocked.MemoryBarrier(); // the head has moved, and the wait may be a long one
                TellOfRoom();
                bool goesOn = _drain.IsFailureAtHead ? await EmitFailureAsync() : _drain.IsChainReady = await ReadyAsync(_chain);
                if (!goesOn)
                {
                    TakeNoMore();
                    return;
                }
            }
        }
        catch (Exception error)
        {
            Caught(error);
            TakeNoMore();
        }
    }

    private bool TryStartDrainer()
    {
        if (Volatile.Read(ref _awake) == 1)
        {
            return false;
        }

        StartDrainer();
        return true;
    }

    /// <summary>With the baton in hand, leaves to a drainer what there is to pass on: the worker has an item at work, which must not wait for that, nor look as if it did.</summary>
    public void StartDrainer()
    {
        bool goesOn = Run.TryAddActivity();
        Debug.Assert(goesOn, "A run ended before its worker.");
        Interlocked.Increment(ref _working);
        Interlocked.Increment(ref _draining);
        BookDrainer();
        Run.Schedule(_drainer ??= new(this));
    }

    /// <summary>The drainer has left the baton. True: everybody else has gone, and it completes the island.</summary>
    public bool EndDrainer()
    {
        if (Interlocked.Decrement(ref _working) == 0)
        {
            return true; // and as long as it does so, it is a drainer still
        }

        Interlocked.Decrement(ref _draining);
        BookDrainer();
        Run.CameToRest();
        return false;
    }

    // Where all workers are awake it changes nothing. Whoever lies down at this moment books it, or has done so and is seen here.
    private void BookDrainer()
    {
        if (Volatile.Read(ref _awake) < _parallelism)
        {
            lock (_gate)
            {
                Book();
            }
        }
    }

    // Nobody downstream takes any more, or the run is aborting: what is left is given back in the end.
    // The baton stays with this worker: nothing is passed on any more.
    private void TakeNoMore()
    {
        lock (_gate)
        {
            CloseClaims(0);
        }

        _link.LeaveReader();
    }

    // False: the chain takes no more at the moment, or a failed item stands at the head. True: the baton lies at the head, or, if the chain has failed, nowhere.
    private bool TryEmit()
    {
        try
        {
            while (_drain.IsChainReady)
            {
                int first = (int)_drain.Head & _mask;
                int run = Volatile.Read(ref _done[first]);
                if (run == 0 && (run = Interlocked.CompareExchange(ref _done[first], Baton, 0)) == 0)
                {
                    TellOfRoom(); // the exchange was the fence behind the last move of the head
                    return true;
                }

                if (run == Failed)
                {
                    _drain.IsFailureAtHead = true;
                    break;
                }

                EmitRun(first, run);
            }

            return false;
        }
        catch (Exception error)
        {
            Caught(error);
            TakeNoMore();
            return true;
        }
    }

    // All of the run, or as much as the chain takes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EmitRun(int first, int length)
    {
        PipelineRun run = Run;
        TOut[] results = _results;
        int emitted = _drain.EmittedOfRun;
        while (emitted < length)
        {
            ref TOut place = ref results[(first + emitted) & _mask];
            TOut result = place;
            if (RuntimeHelpers.IsReferenceOrContainsReferences<TOut>())
            {
                place = default!;
            }

            _drain.EmittedOfRun = ++emitted;
            Head.Counted++;
            if (!_chain.Push(result) || run.IsAborting)
            {
                _drain.IsChainReady = false;
                break;
            }
        }

        if (emitted == length)
        {
            _done[first] = 0;
            _drain.EmittedOfRun = 0;
            MoveHead(length);
        }
    }

    // True: the block's policy is to go on without the item.
    private async ValueTask<bool> EmitFailureAsync()
    {
        _drain.IsFailureAtHead = false;
        FailedItem failed;
        lock (_gate)
        {
            _failures.Remove(_drain.Head, out failed);
        }

        _done[(int)_drain.Head & _mask] = 0;
        bool goesOn = await Head.CaughtAsync(failed.Item, failed.Error);
        MoveHead(1); // only now: while its letter waits for room, the item is in flight
        return goesOn;
    }

    private void MoveHead(int places)
    {
        Volatile.Write(ref _drain.Head, _drain.Head + places);
        TellOfRoom(); // as early as can be; for certain behind the fence with which the baton is left or a wait begins
    }

    // Whoever found the window full has noted so, passed a fence and looked at the head again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TellOfRoom()
    {
        if (Volatile.Read(ref _windowFull))
        {
            WindowHasRoom();
        }
    }

    private void WindowHasRoom()
    {
        lock (_gate)
        {
            _windowFull = false;
            CallForHelp();
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
}
