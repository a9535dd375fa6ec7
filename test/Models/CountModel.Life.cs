namespace Pipelines.Models;

// Life's own methods, and the worker of a pool.
internal sealed partial class CountModel
{
    protected override IEnumerator<Op> OnWokenParked(Sleeper sleeper)
    {
        if (_fault == CountFault.QueuedBeforeCounted)
        {
            Queue(sleeper);
            yield return Add(_executing, 1);
            yield break;
        }

        yield return Add(_executing, 1); // Stirred
        Queue(sleeper);
    }

    private IEnumerator<Op> Rested()
    {
        int executing;
        if (_fault == CountFault.CountedByLoadAndStore)
        {
            yield return Read(_executing);
            executing = Got - 1;
            yield return Write(_executing, executing);
        }
        else
        {
            yield return Add(_executing, -1);
            executing = Got;
        }

        if (executing == 0 && _fault != CountFault.NoLookByWhoRests)
        {
            yield return Call(LookForRest());
        }
    }

    private IEnumerator<Op> LookForRest()
    {
        yield return Read(_rest);
        int rest = Got;
        if (rest == 0)
        {
            yield break;
        }

        yield return Read(_phase);
        if (Got != Paused)
        {
            yield break;
        }

        yield return Read(_executing);
        if (Got != 0)
        {
            yield break;
        }

        bool isAtRest = NothingExecutes();
        int pause = this[_pauses];
        yield return _fault == CountFault.AnyRestTaken ? Exchange(_rest, 0) : CompareExchange(_rest, 0, rest);
        if (_fault == CountFault.AnyRestTaken ? Got != 0 : Got == rest)
        {
            Check(isAtRest, "The run was said to be at rest, and something executes.");
            Check(Got == pause, "The run was said to be at rest to who has paused it later.");
        }
    }

    private bool NothingExecutes() =>
        (this[Writer.Away] != 0 || this[_ended] != 0) && this[Writer.Queued] == 0
        && this[Reader.Away] != 0 && this[Reader.Queued] == 0 && this[_written] == this[_read];

    private IEnumerator<Op> Pause()
    {
        for (int pause = 1; pause <= _shape.Pauses; pause++)
        {
            yield return Call(PauseAsync());
            yield return Call(pause < _shape.Pauses ? Resume() : Nothing());
        }
    }

    private IEnumerator<Op> PauseAsync()
    {
        // Life.TryPause
        yield return Enter(_gate);
        yield return Read(_phase);
        if (Got == Running)
        {
            this[_pauses]++;
            yield return MoveTo(Paused);
        }

        if (_fault == CountFault.NotedOutsideGate)
        {
            yield return Exit(_gate);
        }

        // Only who has the gate makes one.
        yield return Read(_rest);
        if (Got == 0)
        {
            yield return Write(_rest, this[_pauses]);
        }

        if (_fault != CountFault.NotedOutsideGate)
        {
            yield return Exit(_gate);
        }

        if (_fault == CountFault.NoLookByWhoPauses)
        {
            yield break;
        }

        if (_fault != CountFault.PauseWithoutFence)
        {
            yield return Fence();
        }

        yield return Call(LookForRest());
    }

    private IEnumerator<Op> Resume()
    {
        // Life.TryResume
        yield return Enter(_gate);
        yield return Read(_phase);
        if (Got != Paused)
        {
            yield return Exit(_gate);
            yield break;
        }

        yield return MoveTo(Running);
        yield return Exchange(_rest, 0); // and whoever waits for it is told that it will not be
        yield return Exit(_gate);
        yield return Call(Wake(Writer)); // PipelineRun.LetGo
    }

    // Life.TryStop
    private IEnumerator<Op> Stop()
    {
        yield return Enter(_gate);
        yield return MoveTo(Stopping);
        yield return Exit(_gate);
        yield return Call(Wake(Writer)); // PipelineRun.LetGo
    }

    private Op MoveTo(int phase) => _fault == CountFault.PhaseWithoutFence ? Write(_phase, phase) : Exchange(_phase, phase);

    // PoolWorker, PoolIsland.Claim and CallForHelp, of a pool of one; the reader's word is its doorbell's.
    private IEnumerator<Op> Work()
    {
        while (true)
        {
            yield return Enter(_poolGate);
            yield return Read(_written);
            if (Got > this[_read])
            {
                this[_read]++;
                yield return Exit(_poolGate);
                continue;
            }

            this[_asleep] = 1;
            this[Reader.Away] = 1;
            yield return Fence(); // Crew.LieDown
            yield return Call(CallForHelp());
            bool help = Got != 0;
            yield return Exit(_poolGate);
            if (_fault == CountFault.WorkerRestsFirst)
            {
                yield return Call(Rested());
                yield return Call(help ? Help() : Nothing());
            }
            else
            {
                yield return Call(help ? Help() : Nothing());
                this[_haveParked[1]]++;
            }

            yield return Await(Reader.Queued, 1);
            this[Reader.Queued] = 0;
            this[Reader.Away] = 0;
        }
    }

    // Whether the worker is to get up again.
    private IEnumerator<Op> CallForHelp()
    {
        while (this[_asleep] != 0)
        {
            yield return Read(_written);
            if (Got != this[_read])
            {
                this[_asleep] = 0;
                Return(true);
                yield break;
            }

            yield return Read(Reader.Word);
            if (IsArmedFor(Reader, Got))
            {
                break;
            }

            yield return Or(Reader.Word, Reader.News); // Doorbell.Set
            yield return Read(_written);
            if (Got == this[_read])
            {
                break;
            }

            // Doorbell.TryUnset
            yield return Read(Reader.Word);
            int state = Got;
            if (!IsArmedFor(Reader, state))
            {
                break;
            }

            yield return CompareExchange(Reader.Word, Left(state), state);
            if (Got != state)
            {
                break;
            }
        }

        Return(false);
    }

    // The doorbell rings: PoolIsland.WakeOne.
    protected override IEnumerator<Op> OnWoken(Sleeper sleeper)
    {
        if (!_shape.Pool || sleeper != Reader)
        {
            yield break;
        }

        yield return Enter(_poolGate);
        bool help = this[_asleep] != 0;
        this[_asleep] = 0;
        yield return Exit(_poolGate);
        yield return Call(help ? Help() : Nothing());
    }

    private IEnumerator<Op> Help() => OnWokenParked(Reader);

    private static IEnumerator<Op> Nothing()
    {
        yield break;
    }
}
