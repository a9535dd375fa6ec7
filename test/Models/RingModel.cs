namespace Pipelines.Models;

/// <summary>src/Pipelines/Channels/Ring.cs: one writer, one reader, and whoever closes. How they sleep is src/Pipelines/Channels/Waiter.cs, in <see cref="WaiterModel"/>.</summary>
internal sealed partial class RingModel : WaiterModel
{
    // In place of the sign bit.
    private const int Closed = 100;
    private const int Never = 99;

    private readonly RingShape _shape;
    private readonly RingFault _fault;
    private readonly int _halfMask;
    private readonly int[] _sizes;

    private readonly Place _tail;
    private readonly Place _head;
    private readonly Place _readerGone;
    private readonly Place _wakeMask;
    private readonly Place[][] _slots;
    private readonly Place[] _ends;
    private readonly Place[] _successors;

    // Of the writer alone.
    private readonly Place _next;
    private readonly Place _writeLimit;
    private readonly Place _writeSegment;
    private readonly Place _start;

    // Of the reader alone.
    private readonly Place _readHead;
    private readonly Place _readLimit;
    private readonly Place _readSegment;
    private readonly Place _looksInVain;

    public RingModel(RingShape shape, RingFault fault)
        : base(fault, shape.Parks)
    {
        (_shape, _fault) = (shape, fault);
        _halfMask = (shape.Capacity < 4 ? 1 : (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(shape.Capacity / 2) + 1) / 2) - 1;
        int places = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)shape.Capacity);
        _sizes = shape.FirstSegment >= places ? [places] : [shape.FirstSegment, Math.Min(4 * shape.FirstSegment, places)];

        _tail = Word("tail");
        _head = Word("head");
        _readerGone = Word("readerGone");
        _wakeMask = Word("wakeMask", _halfMask);
        _slots = [.. _sizes.Select((size, i) => Words($"slots{i}", size))];
        _ends = Words("end", _sizes.Length, static _ => Never);
        _successors = Words("successor", _sizes.Length);

        _next = Word("(next)");
        _writeLimit = Word("(writeLimit)", Math.Min(shape.Capacity, _sizes[0]));
        _writeSegment = Word("(writeSegment)");
        _start = Word("(start)");
        _readHead = Word("(head)");
        _readLimit = Word("(readLimit)");
        _readSegment = Word("(readSegment)");
        _looksInVain = Word("(looksInVain)");

        Thread("writer", Write);
        Thread("reader", Read);
        if (shape.OtherCloses)
        {
            Thread("closer", Close);
        }
    }

    public override string ToString() => $"Ring of {_shape}{(_fault == RingFault.None ? "" : $", {_fault},")}";

    public override string? AtRest() =>
        this[_readHead] > this[_tail] % Closed ? "More was read than written."
        : _shape.ReaderLeavesAfter == 0 && this[_readHead] != this[_tail] % Closed ? "The reader has ended, and there are items."
        : null;

    protected override bool IsNews(Sleeper sleeper) =>
        this[_tail] >= Closed
        || (sleeper == Reader ? this[_tail] != this[_readHead] : this[_readerGone] != 0 || (this[_tail] % Closed) - this[_readHead] < _shape.Capacity);

    // The writer's island: LinkWriter, and Activity.
    private IEnumerator<Op> Write()
    {
        for (int item = 1; item <= _shape.Items;)
        {
            yield return Read(_readerGone);
            if (Got != 0)
            {
                break;
            }

            yield return Call(HasRoom());
            if (Got == 0)
            {
                yield return Read(_tail);
                if (Got >= Closed)
                {
                    break;
                }

                yield return Call(TrySleep(Writer));
                continue;
            }

            yield return Call(TryWrite(item));
            if (Got == 0)
            {
                break;
            }

            item++;
        }

        if (!_shape.OtherCloses)
        {
            yield return Call(Close());
        }
    }

    // The reader's island: LinkIsland, and Activity.
    private IEnumerator<Op> Read()
    {
        for (int read = 0; _shape.ReaderLeavesAfter == 0 || read < _shape.ReaderLeavesAfter;)
        {
            yield return Call(TryRead());
            if (Got != 0)
            {
                read++;
                Check(Got == read, $"Item {read} is next, and what is read is {Got}.");
                if (_shape.LooksInVain > 0)
                {
                    yield return Await(_tail, Math.Min(_shape.Items, read + _shape.Capacity)); // woken early means that one free slot is enough
                }

                continue;
            }

            yield return Read(_tail);
            Check(Got % Closed >= this[_readHead], "An item was read that is not part of the stream.");
            if (Got >= Closed && Got % Closed == this[_readHead])
            {
                break;
            }

            yield return Call(TrySleep(Reader));
        }

        if (_shape.ReaderLeavesAfter > 0)
        {
            yield return Call(LeaveReader());
        }
    }

    protected override IEnumerator<Op> MustWait(Sleeper sleeper) => sleeper == Writer ? IsFull() : IsStarved();

    // LinkWriter.Check, and RingWriter's look at the end; of a ring that wakes early, what it does before.
    private IEnumerator<Op> IsFull()
    {
        if (_shape.LooksInVain > 0)
        {
            yield return Call(WakeEarly());
        }

        yield return Read(_readerGone);
        if (Got != 0)
        {
            Return(false);
            yield break;
        }

        yield return Call(HasRoom());
        if (Got != 0)
        {
            Return(false);
            yield break;
        }

        yield return Read(_tail);
        Return(Got < Closed);
    }

    // LinkIsland.
    private IEnumerator<Op> IsStarved()
    {
        yield return Call(HasItems());
        if (Got != 0)
        {
            Return(false);
            yield break;
        }

        yield return Read(_tail);
        Return(Got < Closed);
    }

    private IEnumerator<Op> Close()
    {
        yield return Read(_tail);
        int tail = Got;
        if (_fault == RingFault.CloseWithoutComparison)
        {
            yield return Exchange(_tail, tail + Closed);
        }
        else
        {
            while (true)
            {
                yield return CompareExchange(_tail, tail + Closed, tail);
                if (Got == tail)
                {
                    break;
                }

                tail = Got;
            }
        }

        if (_fault != RingFault.CloseWakesNobody)
        {
            yield return Call(Wake(Reader));
            yield return Call(Wake(Writer));
        }
    }

    private IEnumerator<Op> LeaveReader()
    {
        yield return _fault == RingFault.LeaveWithoutFence ? Write(_readerGone, 1) : Exchange(_readerGone, 1);
        yield return Call(Wake(Writer));
    }
}
