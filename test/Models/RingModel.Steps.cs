namespace Pipelines.Models;

// The ring's own methods, in the order in which Ring.cs has them, as far as they can be in it.
internal sealed partial class RingModel
{
    private IEnumerator<Op> HasRoom()
    {
        if (this[_next] < this[_writeLimit])
        {
            Return(true);
            yield break;
        }

        yield return Call(TryExtendWriter());
    }

    private IEnumerator<Op> TryExtendWriter()
    {
        yield return Read(_tail);
        if (Got >= Closed)
        {
            Return(false);
            yield break;
        }

        int next = this[_next];
        yield return Read(_head);
        int head = Got;
        if (next - head >= _shape.Capacity)
        {
            Return(false);
            yield break;
        }

        int segment = this[_writeSegment];
        if (next - Math.Max(head, this[_start]) == _sizes[segment])
        {
            if (_fault == RingFault.EndBeforeSuccessor)
            {
                yield return Write(_ends[segment], next);
                yield return WritePlain(_successors[segment], 1);
            }
            else
            {
                yield return WritePlain(_successors[segment], 1);
                yield return _fault == RingFault.PlainEnd ? WritePlain(_ends[segment], next) : Write(_ends[segment], next);
            }

            this[_start] = next;
            this[_writeSegment] = ++segment;
        }

        int free = _sizes[segment] - (next - Math.Max(head, this[_start]));
        this[_writeLimit] = next + Math.Min(free, _shape.Capacity - (next - head));
        Return(true);
    }

    private IEnumerator<Op> TryWrite(int item)
    {
        int next = this[_next];
        Place slot = Slot(this[_writeSegment], next);
        if (_fault == RingFault.TailBeforeItem)
        {
            yield return CompareExchange(_tail, next + 1, next);
            yield return WritePlain(slot, item);
            this[_next] = next + 1;
            Return(true);
            yield break;
        }

        yield return WritePlain(slot, item);

        // TryPublish
        if (_fault == RingFault.TailWithoutFence)
        {
            yield return Read(_tail);
            if (Got != next)
            {
                Return(false);
                yield break;
            }

            yield return Write(_tail, next + 1);
        }
        else
        {
            yield return CompareExchange(_tail, next + 1, next);
            if (Got != next)
            {
                yield return WritePlain(slot, 0); // Retract
                Return(false);
                yield break;
            }
        }

        this[_next] = next + 1;
        yield return Read(Reader.Word);
        int wait = Got;
        if (!IsArmedFor(Reader, wait))
        {
            Return(true);
            yield break;
        }

        yield return Read(_head);
        if (Got != next + 1)
        {
            yield return Call(Wake(Reader, wait));
        }

        Return(true);
    }

    private IEnumerator<Op> HasItems()
    {
        if (this[_readHead] < this[_readLimit])
        {
            Return(true);
            yield break;
        }

        yield return Call(TryExtendReader());
    }

    private IEnumerator<Op> TryExtendReader()
    {
        int head = this[_readHead];
        int segment = this[_readSegment];
        int end = Never;
        if (_fault == RingFault.EndLookedAtFirst)
        {
            yield return Read(_ends[segment]);
            end = Got;
        }

        yield return Read(_tail);
        int tail = Got % Closed;
        if (_fault != RingFault.EndLookedAtFirst)
        {
            yield return Read(_ends[segment]);
            end = Got;
        }

        if (head == end)
        {
            yield return ReadPlain(_successors[segment]);
            Check(Got != 0, "A segment has ended and has no successor.");
            this[_readSegment] = ++segment;
            yield return Read(_ends[Math.Min(segment, _ends.Length - 1)]);
            end = Got;
        }

        this[_readLimit] = Math.Min(tail, end);
        Return(this[_readLimit] > head);
    }

    // The item, or 0. The head is the reader's own: it knows it without a look.
    private IEnumerator<Op> TryRead()
    {
        yield return Call(HasItems());
        if (Got == 0)
        {
            yield break;
        }

        int head = this[_readHead];
        Place slot = Slot(this[_readSegment], head);
        if (_fault == RingFault.HeadBeforeItem)
        {
            yield return Write(_head, head + 1);
        }

        yield return ReadPlain(slot);
        int item = Got;
        Check(item != 0, "An empty slot was read.");
        yield return WritePlain(slot, 0);
        if (_fault != RingFault.HeadBeforeItem)
        {
            yield return _fault == RingFault.PlainHead ? WritePlain(_head, head + 1) : Write(_head, head + 1);
        }

        this[_readHead] = head + 1;
        int mask = _halfMask;
        if (_shape.LooksInVain > 0)
        {
            yield return ReadPlain(_wakeMask);
            mask = Got;
        }

        if (((head + 1) & mask) == 0)
        {
            yield return Call(WakeWriter());
        }

        Return(item);
    }

    private IEnumerator<Op> WakeWriter()
    {
        if (_fault != RingFault.LookWithoutFence)
        {
            yield return Fence();
        }

        yield return Read(Writer.Word);
        int wait = Got;
        if (IsArmedFor(Writer, wait))
        {
            this[_looksInVain] = 0;
            yield return Call(WakeIfRoom(wait));
        }
        else if (_shape.LooksInVain > 0)
        {
            yield return ReadPlain(_wakeMask);
            if (Got != _halfMask && ++this[_looksInVain] == _shape.LooksInVain)
            {
                yield return Call(LookSeldom());
            }
        }
    }

    private IEnumerator<Op> WakeIfRoom(int wait)
    {
        yield return Read(_tail);
        int written = Got % Closed;
        int mask = _halfMask;
        if (_shape.LooksInVain > 0)
        {
            yield return ReadPlain(_wakeMask);
            mask = Got;
        }

        if (_shape.Capacity - (written - this[_readHead]) > mask)
        {
            yield return Call(Wake(Writer, wait));
        }
    }

    private IEnumerator<Op> LookSeldom()
    {
        this[_looksInVain] = 0;
        yield return Write(_wakeMask, _halfMask);
        if (_fault == RingFault.SeldomWithoutLook)
        {
            yield break;
        }

        if (_fault != RingFault.SeldomWithoutFence)
        {
            yield return Fence();
        }

        yield return Read(Writer.Word);
        int wait = Got;
        if (IsArmedFor(Writer, wait))
        {
            yield return Write(_wakeMask, 0);
            yield return Read(_tail);
            if (_shape.Capacity > (Got % Closed) - this[_readHead])
            {
                yield return Call(Wake(Writer, wait));
            }
        }
    }

    private IEnumerator<Op> WakeEarly()
    {
        yield return Read(_wakeMask);
        if (Got != 0)
        {
            yield return Write(_wakeMask, 0);
            if (_fault != RingFault.EarlyWithoutProcessFence)
            {
                yield return ProcessWideFence();
            }
        }
    }

    private Place Slot(int segment, int position) => _slots[segment][position & (_sizes[segment] - 1)];
}
