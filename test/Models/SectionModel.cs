namespace Pipelines.Models;

/// <summary>
/// src/Pipelines/Execution/Sections: an ordered section's baton, between workers that gather results in their lines or pass them straight on, and the island,
/// which waits with it (SectionWindow.cs, SectionIsland.Room.cs, SectionOutflow.cs, PassingIsland.cs); and who lies down for room.
/// </summary>
/// <remarks>What is under the section's gate changes at once with the step that takes the gate. What a worker looks at outside it is the mark of its
/// line.</remarks>
internal sealed partial class SectionModel : Model
{
    private const int Workers = 2;

    private readonly SectionShape _shape;
    private readonly SectionFault _fault;

    // SectionMarks.HasBaton.
    private readonly Place[] _mark;

    // Under the gate.
    private readonly Place _gate;
    private readonly Place _claimed;
    private readonly Place _first;
    private readonly Place _used;
    private readonly Place[] _slots;
    private readonly Place[] _held;
    private readonly Place[] _down;
    private readonly Place[] _hasEnded;
    private readonly Place[] _sleeper;
    private readonly Place[] _asleep;
    private readonly Place[] _queued;

    // Of who has the baton: Passage.IsReady, and what SectionOutflow has taken out.
    private readonly Place _isReady;
    private readonly Place _chunk;
    private readonly Place _untold;
    private readonly Place _current;

    // The island.
    private readonly Place _hasBaton;
    private readonly Place _islandQueued;

    // The chain, and for the model what it has taken.
    private readonly Place _chainRoom;
    private readonly Place _chainWaits;
    private readonly Place _count;
    private readonly Place _holders;

    public SectionModel(SectionShape shape, SectionFault fault)
    {
        (_shape, _fault) = (shape, fault);
        _mark = Words("hasBaton", shape.Items);
        _gate = Word("gate");
        _claimed = Word("(claimed)");
        _first = Word("(first)");
        _used = Word("(used)");
        _slots = Words("(slots)", shape.Items);
        _held = Words("(held)", shape.Items);
        _down = Words("(down)", shape.Items);
        _hasEnded = Words("(hasEnded)", shape.Items);
        _sleeper = Words("(sleeper)", shape.Items);
        _asleep = Words("(asleep)", Workers);
        _queued = Words("worker queued", Workers);
        _isReady = Word("(isReady)", 1);
        _chunk = Word("(chunk)");
        _untold = Word("(untold)");
        _current = Word("(current)");
        _hasBaton = Word("(island has the baton)");
        _islandQueued = Word("island queued");
        _chainRoom = Word("chain's room", 1);
        _chainWaits = Word("island waits");
        _count = Word("(count)");
        _holders = Word("(holders of the baton)");
        Thread("worker1", () => Work(0));
        Thread("worker2", () => Work(1));
        if (shape.Fills > 0)
        {
            Thread("island", Poll, mayWait: true);
            Thread("consumer", Consume, mayWait: true);
        }
    }

    public override string ToString() => $"Section of {_shape}{(_fault == SectionFault.None ? "" : $", {_fault},")}";

    public override string? AtRest() => this[_count] < _shape.Items * _shape.Each
        ? $"Only {this[_count]} of {_shape.Items * _shape.Each} results have been passed on, and nobody has the baton." : null;

    // SectionWorker.WorkOn: each run is one item.
    private IEnumerator<Op> Work(int me)
    {
        while (true)
        {
            // CrewedIsland.Claim, SectionIsland.TryGive
            yield return Enter(_gate);
            if (this[_claimed] == _shape.Items)
            {
                for (int i = 0; i < Workers; i++)
                {
                    (this[_asleep[i]], this[_queued[i]]) = (0, this[_queued[i]] | this[_asleep[i]]);
                }

                yield return Exit(_gate);
                yield break;
            }

            if (this[_used] == _shape.Slots)
            {
                this[_asleep[me]] = 1;
                yield return Exit(_gate);
                yield return Await(_queued[me], 1);
                this[_queued[me]] = 0;
                continue;
            }

            int line = this[_claimed]++;
            this[_used]++;
            this[_slots[line]] = 1;
            bool takesBaton = this[_first] == line; // in an empty window it lies where the next line will be
            if (takesBaton)
            {
                Hold();
            }

            yield return Exit(_gate);
            int inHand = 0;
            bool isDirect = false;
            if (takesBaton)
            {
                yield return Call(PassStraightOn(line, 0));
                isDirect = Got != 0;
            }

            for (int result = 0; result < _shape.Each; result++)
            {
                if (isDirect)
                {
                    Push(line);
                    if (this[_isReady] == 0)
                    {
                        isDirect = false;
                        yield return Call(PassOn());
                    }

                    continue;
                }

                inHand++;
                while (!isDirect)
                {
                    // SectionEnd.Push: whether there is room for another, and the baton is not here.
                    yield return Read(_mark[line]);
                    int mark = Got;
                    if (mark == 0 && inHand < this[_slots[line]] - this[_held[line]])
                    {
                        break;
                    }

                    yield return Call(SeeToRoom(me, line, inHand, mark));
                    isDirect = Got == Direct;
                    inHand = Got is Direct or 0 ? 0 : Got - 1;
                    if (Got == 0)
                    {
                        yield return Await(_queued[me], 1);
                        this[_queued[me]] = 0;
                    }
                }
            }

            yield return Call(EndLine(line, inHand, isDirect));
        }
    }

    // PassingIsland.Poll, while it passes on.
    private IEnumerator<Op> Poll()
    {
        while (true)
        {
            yield return Await(_islandQueued, 1);
            this[_islandQueued] = 0;
            while (this[_hasBaton] != 0)
            {
                if (_fault != SectionFault.BatonForgottenLate)
                {
                    this[_hasBaton] = 0;
                }

                yield return Call(TryPassOn());
                if (Got == 0)
                {
                    if (_fault == SectionFault.BatonForgottenLate)
                    {
                        yield return Fence(); // so that it is a step of its own
                        this[_hasBaton] = 0;
                    }

                    break;
                }

                this[_hasBaton] = 1;
                this[_chainWaits] = 1;
                yield return Await(_chainRoom, 1);
            }
        }
    }

    // Behind the chain.
    private IEnumerator<Op> Consume()
    {
        while (true)
        {
            yield return Await(_chainWaits, 1);
            this[_chainWaits] = 0;
            this[_chainRoom] = 1;
        }
    }

    private void Hold() => Check(++this[_holders] == 1, "Two have the baton.");
}
