using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pipelines.Channels;

/// <summary>The queue under every link and channel: bounded, one writer, one reader, lock-free.</summary>
/// <remarks>
/// <para>
/// Lamport's ring with FastFlow's and JCTools' refinement: positions count up for ever, a slot is the position's low bits,
/// and each side works against a limit of its own and looks at the other side's cursor only when it has used that limit up.
/// </para>
/// <list type="bullet">
/// <item><b>Tail</b>: how many items were ever written, and in its sign bit whether the stream was closed. The writer moves
/// it with a compare-and-swap, which is also its fence; whoever closes sets the bit with another. So an item is either
/// before the end or was never written, whichever thread closes.</item>
/// <item><b>Head</b>: how many were ever read. Only the reader moves it.</item>
/// <item><b>Segments</b>: the slots start few and grow fourfold when the writer needs them, up to the capacity. A segment that was
/// outgrown ends at a position; the reader that arrives there goes on in the next.</item>
/// <item><b>Waking</b>: the writer wakes a sleeping reader at once. The reader wakes a sleeping writer when about half of the
/// capacity is free, so that the two do not hand single slots to and fro; it looks only where its position passes a
/// multiple of that half, so a read costs no fence in between. A ring that wakes early wakes it at the first free slot: see
/// <see cref="WakeEarly"/>.</item>
/// </list>
/// <para>Modelled in test/Models (RingModel).</para>
/// </remarks>
internal sealed class Ring<T> : Queue
{
    private const long Closed = long.MinValue;
    private const int FirstSegment = 16;

    // A sleep on a ring that wakes early costs a fence of the whole process, once in so many reads at the most.
    private const int LooksInVain = 1024;

    private readonly long _capacity;
    private readonly bool _wakesEarly;
    private readonly long _halfMask;
    private readonly object? _key;

    // Where the reader looks for a sleeping writer: at multiples of this and one; at each read while it is 0.
    private long _wakeMask;

    // What each side alone touches stands on cache lines of its own.
    private WriterSide _writer;
    private ReaderSide _reader;
    private Segment _writeSegment;
    private Segment _readSegment;
    private int _readerGone;

    /// <summary>Makes an empty ring.</summary>
    /// <param name="capacity">How many items it holds at most; <see cref="int.MaxValue"/> is taken as unbounded.</param>
    /// <param name="wakesEarly">Whether the reader wakes a sleeping writer at the first free slot instead of at about half of the capacity.</param>
    /// <param name="key">If given, the ring is closed with it and in no other way: whoever only writes cannot end the stream.</param>
    public Ring(int capacity, bool wakesEarly = false, object? key = null)
    {
        Debug.Assert(capacity >= 1);
        _key = key;
        _capacity = capacity == int.MaxValue ? long.MaxValue : capacity;
        _wakesEarly = wakesEarly;
        _wakeMask = _halfMask = (capacity < 4 ? 1 : (long)BitOperations.RoundUpToPowerOf2((uint)capacity / 2 + 1) / 2) - 1;
        _writeSegment = _readSegment = new Segment(SlotsFor(FirstSegment));
        _writer.Limit = Math.Min(_capacity, _writeSegment.Slots.Length);
    }

    /// <summary>Runs once when the stream has been closed, on the thread that closed it, whether or not anybody sleeps; set before the ring is shared.</summary>
    public Action? WhenClosed { get; set; }

    public override long Capacity => _capacity;

    /// <summary>How many items were ever written. Any thread.</summary>
    public override long Written => Volatile.Read(ref _writer.Tail) & ~Closed;

    /// <summary>How many items were ever read. Any thread.</summary>
    public override long Read => Volatile.Read(ref _reader.Head);

    public bool IsClosed => Volatile.Read(ref _writer.Tail) < 0;

    /// <summary>Whether the stream was closed and all of it read. Any thread.</summary>
    public bool IsDrained
    {
        get
        {
            long tail = Volatile.Read(ref _writer.Tail);
            return tail < 0 && (tail & ~Closed) == Read;
        }
    }

    /// <summary>Whether the reader said that it takes no more. Any thread.</summary>
    public bool IsReaderGone => Volatile.Read(ref _readerGone) != 0;

    /// <summary>Whether a sleeping reader has something to wake up for: an item or the end. Any thread, and it touches nothing of the reader's.</summary>
    public bool HasNewsForReader => Volatile.Read(ref _writer.Tail) is var tail && (tail < 0 || tail != Read);

    /// <summary>Whether a sleeping writer has something to wake up for: a free slot or the end. Any thread, and it touches nothing of the writer's.</summary>
    public bool HasNewsForWriter => Volatile.Read(ref _writer.Tail) is var tail && (tail < 0 || tail - Read < _capacity);

    /// <summary>Whether a <see cref="TryWrite"/> would find a slot. Writer only.</summary>
    public bool HasRoom
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _writer.Next < _writer.Limit || TryExtendWriter();
    }

    /// <summary>Whether a <see cref="TryRead"/> would find an item. Reader only.</summary>
    public bool HasItems
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _reader.Head < _reader.Limit || TryExtendReader();
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

    /// <summary>The free slots in a row, for the writer to fill from the first on and then to <see cref="TryPublish(int)"/>. Empty: full or closed. Writer only.</summary>
    public Span<T> Room => HasRoom ? Contiguous(_writeSegment, _writer.Next, _writer.Limit) : default;

    /// <summary>Writes what the writer has put into the first slots of <see cref="Room"/>, with one fence for all of it. False: closed. Writer only.</summary>
    public bool TryPublish(int count) => TryPublish(_writer.Next, _writer.Next + count);

    /// <summary>Reads one item. Reader only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead([MaybeNullWhen(false)] out T item)
    {
        if (!HasItems)
        {
            item = default;
            return false;
        }

        long head = _reader.Head;
        T[] slots = _readSegment.Slots;
        ref T slot = ref slots[(int)head & (slots.Length - 1)];
        item = slot;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            slot = default!;
        }

        Volatile.Write(ref _reader.Head, head + 1);
        if (((head + 1) & _wakeMask) == 0)
        {
            WakeWriter();
        }

        return true;
    }

    /// <summary>Reads as many as there are and fit. Reader only.</summary>
    public int TryReadMany(Span<T> items)
    {
        int read = 0;
        while (read < items.Length && Items is { IsEmpty: false } run)
        {
            int count = Math.Min(run.Length, items.Length - read);
            run[..count].CopyTo(items[read..]);
            Release(count);
            read += count;
        }

        return read;
    }

    /// <summary>The items in a row that are next, for the reader to take from the first on and then to <see cref="Release"/>. Empty: there are none. Reader only.</summary>
    public ReadOnlySpan<T> Items => HasItems ? Contiguous(_readSegment, _reader.Head, _reader.Limit) : default;

    /// <summary>Reads what the reader has taken of <see cref="Items"/>: frees the slots. Reader only.</summary>
    public void Release(int count)
    {
        long head = _reader.Head;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Contiguous(_readSegment, head, head + count).Clear();
        }

        Volatile.Write(ref _reader.Head, head + count);
        if (((head ^ (head + count)) & ~_wakeMask) != 0)
        {
            WakeWriter();
        }
    }

    /// <summary>Whether a read has woken the writer since the last call. Reader only.</summary>
    public bool HasJustWokenWriter()
    {
        bool hasWoken = _reader.HasWokenWriter;
        _reader.HasWokenWriter = false;
        return hasWoken;
    }

    /// <summary>Looks at the next item and leaves it. Reader only.</summary>
    public bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        if (!HasItems)
        {
            item = default;
            return false;
        }

        T[] slots = _readSegment.Slots;
        item = slots[(int)_reader.Head & (slots.Length - 1)];
        return true;
    }

    /// <summary>
    /// Has the reader look for a sleeping writer at each read, for as long as it finds one now and then. The writer calls it between the
    /// announcement of a wait and its second look. Nothing but on a ring that wakes early.
    /// </summary>
    /// <remarks>
    /// The reader's plain store of its cursor may be seen later than its look for a sleeper: it has no fence in between, unless it looks at each read. So whoever makes it look
    /// at each read fences for both, and the reader, when it goes back to looking seldom, fences and looks once more. All of this is two words of Dekker: either the
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

    /// <summary>Wakes a reader that sleeps although there is something to read. Any thread, after a <see cref="TryWriteQuietly"/>, which was the fence.</summary>
    public void WakeReader()
    {
        if (Reader is { } reader && reader.IsArmedFor(Wait.Input, out int wait) && Read != Written)
        {
            reader.Wake(wait);
        }
    }

    /// <summary>As <see cref="TryRead"/>, for a reader that holds a lock: it calls <see cref="WakeWriterIfDue"/> when it has left it. Reader only.</summary>
    public bool TryReadQuietly([MaybeNullWhen(false)] out T item)
    {
        if (!TryPeek(out item))
        {
            return false;
        }

        long head = _reader.Head;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            T[] slots = _readSegment.Slots;
            slots[(int)head & (slots.Length - 1)] = default!;
        }

        Volatile.Write(ref _reader.Head, head + 1);
        if (((head + 1) & Volatile.Read(ref _wakeMask)) == 0)
        {
            Volatile.Write(ref _reader.LookIsDue, 1);
        }

        return true;
    }

    /// <summary>Wakes a writer that sleeps although there is room enough, where a <see cref="TryReadQuietly"/> came to a place to look. Any thread, behind the lock.</summary>
    public void WakeWriterIfDue()
    {
        // The exchange is the fence as well, see WakeWriter; and whoever takes the flag has seen the cursor of whoever set it.
        if (Volatile.Read(ref _reader.LookIsDue) != 0
            && Interlocked.Exchange(ref _reader.LookIsDue, 0) != 0
            && Writer is { } writer
            && writer.IsArmedFor(Wait.Room, out int wait)
            && _capacity - (Written - Read) > Volatile.Read(ref _wakeMask))
        {
            writer.Wake(wait);
        }
    }

    /// <summary>Ends the stream behind what has been written. Any thread; false when it had ended, or the ring has another key.</summary>
    public bool Close(object? key = null)
    {
        if (!ReferenceEquals(key, _key))
        {
            return false;
        }

        long tail = Volatile.Read(ref _writer.Tail);
        while (tail >= 0)
        {
            long seen = Interlocked.CompareExchange(ref _writer.Tail, tail | Closed, tail);
            if (seen == tail)
            {
                Reader?.Wake(Wait.Input);
                Writer?.Wake(Wait.Room);
                WhenClosed?.Invoke();
                return true;
            }

            tail = seen;
        }

        return false;
    }

    /// <summary>The reader takes no more: a writer need not wait for it. What waits stays, for <see cref="TryRead"/>.</summary>
    public void LeaveReader()
    {
        // The exchange is also the fence that pairs with the writer's announcement.
        if (Interlocked.Exchange(ref _readerGone, 1) == 0)
        {
            Writer?.Wake(Wait.Room);
            ReaderWatch?.ReaderLeft();
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

    private void WakeWriter()
    {
        Waiter? writer = Writer;
        if (writer is null)
        {
            return;
        }

        Interlocked.MemoryBarrier(); // the freed slots before the look; pairs with the writer's announcement
        if (writer.IsArmedFor(Wait.Room, out int wait))
        {
            _reader.LooksInVain = 0;
            if (_capacity - (Written - _reader.Head) > _wakeMask)
            {
                _reader.HasWokenWriter |= writer.Wake(wait);
            }
        }
        else if (_wakesEarly && _wakeMask != _halfMask && ++_reader.LooksInVain == LooksInVain)
        {
            LookSeldom(writer);
        }
    }

    // See WakeEarly.
    private void LookSeldom(Waiter writer)
    {
        _reader.LooksInVain = 0;
        Volatile.Write(ref _wakeMask, _halfMask);
        Interlocked.MemoryBarrier();
        if (writer.IsArmedFor(Wait.Room, out int wait))
        {
            Volatile.Write(ref _wakeMask, 0);
            if (_capacity > Written - _reader.Head)
            {
                _reader.HasWokenWriter |= writer.Wake(wait);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryExtendWriter()
    {
        long next = _writer.Next;
        if (IsClosed)
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryExtendReader()
    {
        long head = _reader.Head;
        long tail = Written;
        Segment segment = _readSegment;
        long end = Volatile.Read(ref segment.End);
        if (head == end)
        {
            _readSegment = segment = segment.Next!;
            end = Volatile.Read(ref segment.End);
        }

        _reader.Limit = Math.Min(tail, end);
        return _reader.Limit > head;
    }

    private static Span<T> Contiguous(Segment segment, long from, long to)
    {
        T[] slots = segment.Slots;
        int index = (int)from & (slots.Length - 1);
        return slots.AsSpan(index, (int)Math.Min(to - from, slots.Length - index));
    }

    private int SlotsFor(long wanted) =>
        (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Min(Math.Min(wanted, _capacity), 1 << 30));

    private sealed class Segment(int slots)
    {
        public readonly T[] Slots = new T[slots];
        public long Start;
        public long End = long.MaxValue;
        public Segment? Next;
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

/// <summary>The reader's cursor and limit, a cache line away from all else on both sides.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct ReaderSide
{
    /// <summary>Published: items read.</summary>
    [FieldOffset(64)]
    public long Head;

    /// <summary>Up to where the reader may read without another look at the writer.</summary>
    [FieldOffset(72)]
    public long Limit;

    /// <summary>See <see cref="Ring{T}.HasJustWokenWriter"/>.</summary>
    [FieldOffset(80)]
    public bool HasWokenWriter;

    /// <summary>How often on end the reader has looked for a sleeping writer and found none.</summary>
    [FieldOffset(84)]
    public int LooksInVain;

    /// <summary>1: a reader that holds a lock has come to a place to look for a sleeping writer, and nobody has looked yet.</summary>
    [FieldOffset(88)]
    public int LookIsDue;
}
