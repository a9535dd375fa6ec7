namespace Pipelines.Models;

// The window's own methods, and who passes on.
internal sealed partial class BatonModel
{
    // What stood in the word.
    private IEnumerator<Op> Publish(int claimed, int count)
    {
        int place = claimed;
        if (!_shape.Ordered)
        {
            yield return Add(_placed, count);
            place = Got - count;
        }

        Place word = _done[place % _shape.Size];
        int run = claimed + 1 == _shape.FailsAt ? Failed : count;
        if (_fault != BatonFault.ResultsBehindWord)
        {
            for (int i = 0; i < count; i++)
            {
                yield return WritePlain(_results[(place + i) % _shape.Size], claimed + i + 1);
            }
        }

        int was;
        if (_fault == BatonFault.PublishWithoutExchange)
        {
            yield return Read(word);
            was = Got;
            yield return Write(word, run);
        }
        else
        {
            yield return Exchange(word, run);
            was = Got;
        }

        for (int i = 0; i < count && _fault == BatonFault.ResultsBehindWord; i++)
        {
            yield return WritePlain(_results[(place + i) % _shape.Size], claimed + i + 1);
        }

        Return(was);
    }

    private IEnumerator<Op> TakeHead()
    {
        Place word = _done[this[_ownHead] % _shape.Size];
        yield return Read(word);
        if (Got != 0)
        {
            yield break;
        }

        this[_holders]--; // to be seen with the next step, if that leaves the baton
        if (_fault == BatonFault.BatonLeftNowhere)
        {
            Return(0);
            yield break;
        }

        if (_fault == BatonFault.LeaveWithoutComparison)
        {
            yield return Exchange(word, Baton);
            Return(0);
            yield break;
        }

        yield return CompareExchange(word, Baton, 0);
        if (Got != 0)
        {
            Check(++this[_holders] == 1, "Two have the baton.");
        }
    }

    private IEnumerator<Op> MoveHead(int places)
    {
        int head = this[_ownHead];
        this[_emitted] = 0;
        this[_ownHead] = head + places;
        if (_fault == BatonFault.HeadBeforeWord)
        {
            yield return Write(_head, head + places);
            yield return WritePlain(_done[head % _shape.Size], 0);
            yield break;
        }

        yield return WritePlain(_done[head % _shape.Size], 0);
        yield return _fault == BatonFault.PlainHead ? WritePlain(_head, head + places) : Write(_head, head + places);
    }

    // A worker with the baton. What it must wait for, the island waits for.
    private IEnumerator<Op> Emit()
    {
        yield return Call(TryEmit());
        if (Got != 0)
        {
            this[_hasBaton] = 1;
            Check(this[_emitterQueued] == 0, "The island was queued that was queued already.");
            this[_emitterQueued] = 1;
        }
    }

    // 1: the chain is full.
    private IEnumerator<Op> TryEmit()
    {
        while (true)
        {
            // GetChainReady
            yield return Read(_chainRoom);
            if (Got == 0)
            {
                if (_fault != BatonFault.WaitTellsNobody)
                {
                    if (_fault != BatonFault.WaitWithoutFence)
                    {
                        yield return Fence();
                    }

                    yield return Call(TellOfRoom());
                }

                Return(1);
                yield break;
            }

            yield return Call(TakeHead());
            int run = Got;
            if (run == 0)
            {
                if (_fault != BatonFault.LeaveTellsNobody)
                {
                    yield return Call(TellOfRoom());
                }

                Return(0);
                yield break;
            }

            Check(run != Baton, "The baton was left, and is in hand.");
            if (run == Failed)
            {
                PassOn(_shape.FailsAt);
                yield return Call(MoveHead(1));
                yield return Call(TellOfRoom());
                continue;
            }

            // EmitRun
            while (this[_emitted] < run)
            {
                // TakeNext
                Place place = _results[(this[_ownHead] + this[_emitted]++) % _shape.Size];
                yield return ReadPlain(place);
                int result = Got;
                yield return WritePlain(place, 0);
                PassOn(result);
                if (this[_count] <= _shape.Fills)
                {
                    this[_chainRoom] = 0;
                    break;
                }
            }

            if (this[_emitted] == run)
            {
                yield return Call(MoveHead(run));
                yield return Call(TellOfRoom());
            }
        }
    }

    private void PassOn(int item)
    {
        Check(item != 0, "A place was passed on with no result in it.");
        Check(this[_passedOn[item]] == 0, $"Item {item} was passed on twice.");
        Check(item == this[_count] + 1 || !_shape.Ordered, $"Item {item} was passed on behind {this[_count]} others.");
        this[_passedOn[item]] = 1;
        this[_count]++;
    }
}
