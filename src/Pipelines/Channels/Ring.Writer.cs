using System.Runtime.CompilerServices;

namespace Pipelines.Channels;

// The writer's side: one thread at a time.
internal sealed partial class Ring<T>
{
    /// <summary>Whether a <see cref="TryWrite"/> would find a slot. Writer only.</summary>
    public bool HasRoom
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _writer.Next < _writer.Limit || TryExtendWriter();
    }

    /// <summary>Writes one item and wakes a sleeping reader. False: full or closed. Writer only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(T item)
    {
        if (!HasRoom)
        {
            return false;
        }

        long next = _writer.Next;
        T[] slots = _writeSegment.Slots;
        slots[(int)next & (slots.Length - 1)] = item;
        return TryPublish(next, next + 1);
    }

    /// <summary>Writes as many as there is room for, with one fence a contiguous run. Writer only.</summary>
    public int TryWriteMany(ReadOnlySpan<T> items)
    {
        int written = 0;
        while (written < items.Length && HasRoom)
        {
            long next = _writer.Next;
            Span<T> run = Contiguous(_writeSegment, next, _writer.Limit);
            int count = Math.Min(run.Length, items.Length - written);
            items.Slice(written, count).CopyTo(run);
            if (!TryPublish(next, next + count))
            {
                break;
            }

            written += count;
        }

        return written;
    }

    /// <summary>The free slots in a row, for the writer to fill from the first on and then to <see cref="TryPublish(int)"/>. Empty: full or closed. Writer
    /// only.</summary>
    public Span<T> Room => HasRoom ? Contiguous(_writeSegment, _writer.Next, _writer.Limit) : default;

    /// <summary>Writes what the writer has put into the first slots of <see cref="Room"/>, with one fence for all of it. False: closed. Writer only.</summary>
    public bool TryPublish(int count) => TryPublish(_writer.Next, _writer.Next + count);

    /// <summary>
    /// Has the reader look for a sleeping writer at each read, for as long as it finds one now and then. The writer calls it between the
    /// announcement of a wait and its second look. Nothing but on a ring that wakes early.
    /// </summary>
    /// <remarks>
    /// The reader's plain store of its cursor may be seen later than its look for a sleeper: it has no fence in between, unless it looks at each read. So
    /// whoever makes it look
    /// at each read fences for both, and the reader, when it goes back to looking seldom, fences and looks once more. All of this is two words of Dekker:
    /// either the
    /// writer finds the mask set back or the reader finds the writer asleep.
    /// </remarks>
    public void WakeEarly()
    {
        if (_wakesEarly && Volatile.Read(ref _wakeMask) != 0)
        {
            Volatile.Write(ref _wakeMask, 0);
            Interlocked.MemoryBarrierProcessWide();
        }
    }

    /// <summary>As <see cref="TryWrite"/>, for a writer that holds a lock: it calls <see cref="WakeReader"/> when it has left it. Writer only.</summary>
    public bool TryWriteQuietly(T item)
    {
        if (!HasRoom)
        {
            return false;
        }

        long next = _writer.Next;
        T[] slots = _writeSegment.Slots;
        slots[(int)next & (slots.Length - 1)] = item;
        if (Interlocked.CompareExchange(ref _writer.Tail, next + 1, next) != next)
        {
            return Retract(next, next + 1);
        }

        _writer.Next = next + 1;
        return true;
    }

    /// <summary>Wakes a reader that sleeps although there is something to read. Any thread, after a <see cref="TryWriteQuietly"/>, which was the
    /// fence.</summary>
    public void WakeReader()
    {
        if (Reader is { } reader && reader.IsArmedFor(Wait.Input, out int wait) && Read != Written)
        {
            reader.Wake(wait);
        }
    }

    // The compare-and-swap fails only against a Close; then the item is not part of the stream.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryPublish(long from, long to)
    {
        if (Interlocked.CompareExchange(ref _writer.Tail, to, from) != from)
        {
            return Retract(from, to);
        }

        _writer.Next = to;
        Waiter? reader = Reader;
        if (reader is not null && reader.IsArmedFor(Wait.Input, out int wait) && Read != to)
        {
            reader.Wake(wait);
        }

        return true;
    }

    private bool Retract(long from, long to)
    {
        T[] slots = _writeSegment.Slots;
        for (long position = from; position < to; position++)
        {
            slots[(int)position & (slots.Length - 1)] = default!;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryExtendWriter()
    {
        long next = _writer.Next;
        if (Volatile.Read(ref _writer.Tail) < 0)
        {
            return false;
        }

        long head = Volatile.Read(ref _reader.Head);
        if (next - head >= _capacity)
        {
            return false;
        }

        Segment segment = _writeSegment;
        if (next - Math.Max(head, segment.Start) == segment.Slots.Length)
        {
            // The reader may still be in the old segment, so it is not copied but left behind, with an end. The end must
            // not be seen before the successor, and both are before the items that the tail will publish.
            var larger = new Segment(SlotsFor((long)segment.Slots.Length * 4)) { Start = next };
            segment.Next = larger;
            Volatile.Write(ref segment.End, next);
            _writeSegment = segment = larger;
        }

        long free = segment.Slots.Length - (next - Math.Max(head, segment.Start));
        _writer.Limit = next + Math.Min(free, _capacity - (next - head));
        return true;
    }
}


/// <summary>The writer's cursor and limit, a cache line away from all else on both sides.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct WriterSide
{
    /// <summary>Published: items written, and the sign bit for closed.</summary>
    [FieldOffset(64)]
    public long Tail;

    /// <summary>The writer's own copy of the position, which no close disturbs.</summary>
    [FieldOffset(72)]
    public long Next;

    /// <summary>Up to where the writer may write without another look at the reader.</summary>
    [FieldOffset(80)]
    public long Limit;
}
