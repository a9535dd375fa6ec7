namespace Pipelines.Models;

/// <summary>
/// src/Pipelines/Execution/ReorderWindow.cs: results at places, and the baton. And who sleeps because the window is full: IsWindowFull and CallForHelp in
/// Dispatcher.cs, TellOfRoom and the way of
/// the baton in Emitter.cs.
/// </summary>
internal sealed partial class BatonModel : Model
{
    private const int Failed = -1;
    private const int Baton = -2;
    private const int Workers = 2;

    private readonly PoolShape _shape;
    private readonly BatonFault _fault;

    // ReorderWindow.
    private readonly Place[] _done;
    private readonly Place[] _results;
    private readonly Place _head;
    private readonly Place _placed;

    // Of who has the baton.
    private readonly Place _ownHead;
    private readonly Place _emitted;
    private readonly Place _hasBaton;

    // PoolIsland.
    private readonly Place _gate;
    private readonly Place _windowFull;
    private readonly Place[] _queued;
    private readonly Place _emitterQueued;

    // Under the gate.
    private readonly Place _claimed;
    private readonly Place[] _asleep;

    // The chain: whether it takes another, and, for the model, what it has taken.
    private readonly Place _chainRoom;
    private readonly Place _chainWaits;
    private readonly Place[] _passedOn;
    private readonly Place _count;
    private readonly Place _holders;

    public BatonModel(PoolShape shape, BatonFault fault)
    {
        (_shape, _fault) = (shape, fault);
        _done = Words("done", shape.Size, static i => i == 0 ? Baton : 0);
        _results = Words("result", shape.Size);
        _head = Word("head");
        _placed = Word("placed");
        _ownHead = Word("(head)");
        _emitted = Word("(emitted)");
        _hasBaton = Word("(hasBaton)");
        _gate = Word("gate");
        _windowFull = Word("windowFull");
        _queued = Words("worker queued", Workers);
        _emitterQueued = Word("emitter queued");
        _claimed = Word("(claimed)");
        _asleep = Words("(asleep)", Workers);
        _chainRoom = Word("chain's room", 1);
        _chainWaits = Word("emitter waits");
        _passedOn = Words("(passed on)", shape.Items + 1);
        _count = Word("(count)");
        _holders = Word("(holders of the baton)");
        Thread("worker1", () => Work(0));
        Thread("worker2", () => Work(1));
        if (shape.Fills > 0)
        {
            Thread("emitter", Poll, mayWait: true);
            Thread("consumer", Consume, mayWait: true);
        }
    }

    public override string ToString() => $"Pool with a window of {_shape}{(_fault == BatonFault.None ? "" : $", {_fault},")}";

    public override string? AtRest() =>
        this[_count] < _shape.Items ? $"Only {this[_count]} of {_shape.Items} have been passed on, and nobody has the baton." : null;

    // PoolWorker.WorkOn.
    private IEnumerator<Op> Work(int me)
    {
        while (true)
        {
            yield return Call(Claim(me));
            int claimed = Got;
            if (claimed < 0)
            {
                yield break;
            }

            if (claimed == 0)
            {
                yield return Await(_queued[me], 1);
                this[_queued[me]] = 0;
                continue;
            }

            if ((claimed / 100) + 1 == _shape.Waits)
            {
                yield return Await(_claimed, _shape.Waits + 1);
            }

            yield return Call(Publish(claimed / 100, claimed % 100));
            if (Got == Baton)
            {
                Check(++this[_holders] == 1, "Two have the baton.");
                yield return Call(Emit());
            }
        }
    }

    // PoolIsland.Claim. How many, and a hundred times the place of the first; 0: it has lain down; negative: there are no more.
    private IEnumerator<Op> Claim(int me)
    {
        yield return Enter(_gate);
        int left = _shape.Items - this[_claimed];
        if (left == 0)
        {
            // CloseUnderGate: all who sleep are to see it.
            for (int i = 0; i < Workers; i++)
            {
                (this[_asleep[i]], this[_queued[i]]) = (0, this[_queued[i]] | this[_asleep[i]]);
            }

            yield return Exit(_gate);
            Return(-1);
            yield break;
        }

        int claimed = 0;
        yield return Call(IsWindowFull());
        if (Got == 0)
        {
            yield return Read(_head);
            int count = Math.Min(Math.Min(_shape.Run, left), _shape.Size - (this[_claimed] - Got));
            claimed = (100 * this[_claimed]) + count;
            this[_claimed] += count;
        }
        else
        {
            this[_asleep[me]] = 1;
            if (_fault != BatonFault.NoteWithoutFence)
            {
                yield return Fence(); // Crew.LieDown
            }
        }

        int help = -1;
        if (claimed > 0 || _fault != BatonFault.NoteWithoutLook)
        {
            yield return Call(CallForHelp());
            help = Got;
        }

        yield return Exit(_gate);
        if (help >= 0)
        {
            this[_queued[help]] = 1;
        }

        Return(claimed);
    }

    // Who is to be woken, or -1.
    private IEnumerator<Op> CallForHelp()
    {
        int sleeper = Array.FindIndex(_asleep, place => Memory[place.Index] != 0);
        if (sleeper < 0)
        {
            Return(-1);
            yield break;
        }

        yield return Call(IsWindowFull());
        if (Got != 0 || this[_claimed] == _shape.Items)
        {
            Return(-1);
            yield break;
        }

        this[_asleep[sleeper]] = 0;
        Return(sleeper);
    }

    private IEnumerator<Op> IsWindowFull()
    {
        yield return Read(_head);
        if (this[_claimed] - Got < _shape.Size)
        {
            Return(false);
            yield break;
        }

        yield return Write(_windowFull, 1);
        if (_fault == BatonFault.NoteWithoutLook)
        {
            Return(true);
            yield break;
        }

        if (_fault != BatonFault.NoteWithoutFence)
        {
            yield return Fence();
        }

        yield return Read(_head);
        Return(this[_claimed] - Got >= _shape.Size);
    }

    private IEnumerator<Op> TellOfRoom()
    {
        yield return Read(_windowFull);
        if (Got == 0)
        {
            yield break;
        }

        yield return Enter(_gate);
        if (_fault != BatonFault.NoteTakenBackOutsideGate)
        {
            yield return WritePlain(_windowFull, 0);
        }

        yield return Call(CallForHelp());
        int help = Got;
        yield return Exit(_gate);
        if (help >= 0)
        {
            this[_queued[help]] = 1;
        }

        if (_fault == BatonFault.NoteTakenBackOutsideGate)
        {
            yield return WritePlain(_windowFull, 0);
        }
    }

    // PoolIsland.Poll, while it emits.
    private IEnumerator<Op> Poll()
    {
        while (true)
        {
            yield return Await(_emitterQueued, 1);
            this[_emitterQueued] = 0;
            while (this[_hasBaton] != 0)
            {
                if (_fault != BatonFault.BatonForgottenLate)
                {
                    this[_hasBaton] = 0;
                }

                yield return Call(TryEmit());
                if (Got == 0)
                {
                    if (_fault == BatonFault.BatonForgottenLate)
                    {
                        yield return Fence(); // so that it is a step of its own
                        this[_hasBaton] = 0;
                    }

                    break;
                }

                // How it waits for room is in RingModel.
                this[_hasBaton] = 1;
                this[_chainWaits] = 1;
                yield return Await(_chainRoom, 1);
            }
        }
    }

    // Behind the chain: it takes the next when the workers have all in hand that the window has room for.
    private IEnumerator<Op> Consume()
    {
        while (true)
        {
            yield return Await(_chainWaits, 1);
            this[_chainWaits] = 0;
            yield return Await(_claimed, Math.Min(_shape.Items, this[_ownHead] + _shape.Size));
            this[_chainRoom] = 1;
        }
    }
}
