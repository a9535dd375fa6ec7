namespace Pipelines.Models;

// What workers and the island do with lines, slots and the baton.
internal sealed partial class SectionModel
{
    private const int Direct = 100;

    // 0: it lies at its line, with nothing in hand. Direct: it has the baton, and passes straight on. Otherwise how many it has in hand, and 1.
    private IEnumerator<Op> SeeToRoom(int me, int line, int inHand, int mark)
    {
        yield return Enter(_gate);
        if (_fault == SectionFault.LieWithoutLook ? mark != 0 : this[_mark[line]] != 0)
        {
            this[_mark[line]] = 0;
            Hold();
            yield return Exit(_gate);
            yield return Call(PassStraightOn(line, inHand));
            Return(Got != 0 ? Direct : 1);
            yield break;
        }

        if (inHand >= this[_slots[line]] - this[_held[line]] && !TryGrow(line))
        {
            this[_down[line]] += inHand;
            this[_held[line]] += inHand;
            this[_sleeper[line]] = me + 1;
            yield return Exit(_gate);
            Return(0);
            yield break;
        }

        yield return Exit(_gate);
        Return(inHand + 1);
    }

    // With the baton: 1 if all has gone on, and what comes may.
    private IEnumerator<Op> PassStraightOn(int line, int inHand)
    {
        if (this[_isReady] == 0)
        {
            yield return Read(_chainRoom);
            this[_isReady] = Got;
        }

        while (inHand > 0 && this[_isReady] != 0)
        {
            inHand--;
            Push(line);
        }

        yield return Enter(_gate);
        if (inHand > 0)
        {
            this[_held[line]] += inHand;
            (this[_current], this[_chunk], this[_untold]) = (line, inHand, inHand);
        }
        else
        {
            int unused = Math.Max(0, this[_slots[line]] - Math.Max(1, this[_held[line]]));
            this[_slots[line]] -= unused;
            Free(unused);
        }

        yield return Exit(_gate);
        if (_fault == SectionFault.StraightBeforeRest || (inHand == 0 && this[_isReady] != 0))
        {
            Return(1);
            yield break;
        }

        yield return Call(PassOn());
        Return(0);
    }

    private IEnumerator<Op> EndLine(int line, int inHand, bool hasBaton)
    {
        bool isMore = false;
        bool isLeft = false;
        yield return Enter(_gate);
        this[_down[line]] += inHand;
        this[_held[line]] += inHand;
        if (this[_mark[line]] != 0)
        {
            this[_mark[line]] = 0;
            Hold();
            hasBaton = true;
        }

        int unused = this[_slots[line]] - this[_held[line]];
        this[_slots[line]] -= unused;
        this[_hasEnded[line]] = 1;
        Free(unused);
        if (hasBaton && this[_isReady] != 0)
        {
            isMore = TryTake(leaves: _fault != SectionFault.LeftBehindGate);
            isLeft = !isMore;
            hasBaton = isMore;
        }

        yield return Exit(_gate);
        if (isLeft && _fault == SectionFault.LeftBehindGate)
        {
            yield return Enter(_gate);
            Leave();
            yield return Exit(_gate);
        }

        if (hasBaton)
        {
            yield return Call(PassOn());
        }
    }

    // PassingIsland.PassOn.
    private IEnumerator<Op> PassOn()
    {
        yield return Call(TryPassOn());
        if (Got != 0)
        {
            this[_hasBaton] = 1;
            Check(this[_islandQueued] == 0, "The island was queued that was queued already.");
            this[_islandQueued] = 1;
        }
    }

    // SectionOutflow.TryPassOn. 1: the chain is full.
    private IEnumerator<Op> TryPassOn()
    {
        while (true)
        {
            if (this[_isReady] == 0)
            {
                yield return Read(_chainRoom);
                this[_isReady] = Got;
                if (Got == 0)
                {
                    yield return Enter(_gate);
                    TellPassed();
                    yield return Exit(_gate);
                    Return(1);
                    yield break;
                }
            }

            if (this[_chunk] == 0)
            {
                yield return Enter(_gate);
                TellPassed();
                bool isMore = TryTake(leaves: true);
                yield return Exit(_gate);
                if (!isMore)
                {
                    Return(0);
                    yield break;
                }
            }

            while (this[_chunk] > 0 && this[_isReady] != 0)
            {
                this[_chunk]--;
                Push(this[_current]);
            }
        }
    }

    private void Push(int line)
    {
        Check(this[_chainRoom] != 0, "A result was pushed to a chain that is full.");
        Check(this[_count] / _shape.Each == line, $"A result of item {line} was passed on behind {this[_count]} others.");
        if (this[_count]++ < _shape.Fills)
        {
            (this[_isReady], this[_chainRoom]) = (0, 0);
        }
    }

    // SectionWindow.TryTake, under the gate.
    private bool TryTake(bool leaves)
    {
        while (this[_first] < this[_claimed])
        {
            int line = this[_first];
            if (this[_down[line]] > 0)
            {
                (this[_current], this[_chunk], this[_untold], this[_down[line]]) = (line, this[_down[line]], this[_down[line]], 0);
                return true;
            }

            if (this[_hasEnded[line]] == 0)
            {
                break;
            }

            this[_first]++;
            Free(this[_slots[line]]);
            this[_slots[line]] = 0;
        }

        if (leaves)
        {
            Leave();
        }

        return false;
    }

    private void Leave()
    {
        this[_holders]--;
        int line = this[_first];
        if (line < this[_claimed])
        {
            this[_mark[line]] = 1;
            if (_fault != SectionFault.SleeperForgotten)
            {
                WakeSleeper(line);
            }
        }
    }

    // SectionWindow.Passed, under the gate.
    private void TellPassed()
    {
        int passed = this[_untold] - this[_chunk];
        this[_untold] = this[_chunk];
        if (passed == 0)
        {
            return;
        }

        int line = this[_current];
        this[_held[line]] -= passed;
        if (this[_hasEnded[line]] != 0)
        {
            this[_slots[line]] -= passed;
            Free(passed);
        }
        else if (this[_held[line]] <= this[_slots[line]] / 2 && _fault != SectionFault.SleeperForgotten)
        {
            WakeSleeper(line);
        }
    }

    private bool TryGrow(int line)
    {
        int more = Math.Min(Math.Min(_shape.Slots - this[_used], Math.Max(1, _shape.Slots - 1) - this[_slots[line]]), Math.Max(1, this[_slots[line]]));
        this[_used] += Math.Max(0, more);
        this[_slots[line]] += Math.Max(0, more);
        return more > 0;
    }

    // Slots are free: for who lies at a line and has not had its share, or else for a worker that lies without one.
    private void Free(int slots)
    {
        this[_used] -= slots;
        for (int line = this[_first]; line < this[_claimed] && _fault != SectionFault.SleeperForgotten; line++)
        {
            if (this[_sleeper[line]] != 0 && TryGrow(line))
            {
                WakeSleeper(line);
            }
        }

        for (int i = 0; i < Workers; i++)
        {
            if (this[_asleep[i]] != 0 && this[_used] < _shape.Slots)
            {
                (this[_asleep[i]], this[_queued[i]]) = (0, 1);
            }
        }
    }

    private void WakeSleeper(int line)
    {
        if (this[_sleeper[line]] > 0)
        {
            this[_queued[this[_sleeper[line]] - 1]] = 1;
            this[_sleeper[line]] = 0;
        }
    }
}
