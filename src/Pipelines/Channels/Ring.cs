using System.Numerics;

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
/// <item><b>Dropping</b>: where the writer drops, what it writes waits in a <see cref="DroppingQueue{T}"/>, and the reader moves one item at a time
/// into the slots, when it takes it: both sides of the ring are the reader's then, and nobody sleeps on the writer's.</item>
/// </list>
/// <para>Modelled in test/Models (RingModel).</para>
/// </remarks>
internal sealed partial class Ring<T> : Queue
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

    /// <summary>Runs once when the stream has been closed, on the thread that closed it, whether or not anybody sleeps; set before the ring is
    /// shared.</summary>
    public Action? WhenClosed { get; set; }

    /// <summary>Where items wait that may still be dropped; null if the writer waits instead. Set before the ring is shared.</summary>
    public DroppingQueue<T>? WaitsIn { get; set; }

    public override long Capacity => WaitsIn?.Capacity ?? _capacity;

    /// <summary>The capacity it was made with, whatever waits in front of it: how much whoever reads it wants to have in hand.</summary>
    public long Slots => _capacity;

    /// <summary>How many items were ever written. Any thread.</summary>
    public override long Written => WaitsIn?.Written ?? Tail;

    /// <summary>How many items were ever read. Any thread.</summary>
    public override long Read => Volatile.Read(ref _reader.Head);

    public bool IsClosed => Volatile.Read(ref _writer.Tail) < 0 || WaitsIn is { IsClosed: true };

    /// <summary>Whether the stream was closed and all of it read. Any thread.</summary>
    public bool IsDrained
    {
        get
        {
            long tail = Volatile.Read(ref _writer.Tail);
            return tail < 0 ? (tail & ~Closed) == Read : WaitsIn is { IsClosed: true } queue && queue.Written == Read;
        }
    }

    /// <summary>Whether the reader said that it takes no more. Any thread.</summary>
    public bool IsReaderGone => Volatile.Read(ref _readerGone) != 0;

    /// <summary>Whether a sleeping reader has something to wake up for: an item or the end. Any thread, and it touches nothing of the reader's.</summary>
    public bool HasNewsForReader =>
        Volatile.Read(ref _writer.Tail) is var tail && (tail < 0 || tail != Read || WaitsIn is { HasItems: true } or { IsClosed: true });

    /// <summary>Whether a sleeping writer has something to wake up for: a free slot or the end. Any thread, and it touches nothing of the writer's.</summary>
    public bool HasNewsForWriter => Volatile.Read(ref _writer.Tail) is var tail && (tail < 0 || tail - Read < _capacity);

    /// <summary>Ends the stream behind what has been written. Any thread; false when it had ended, or the ring has another key.</summary>
    public bool Close(object? key = null)
    {
        if (!ReferenceEquals(key, _key))
        {
            return false;
        }

        if (WaitsIn is { } queue ? !queue.TryClose() : !TryCloseTail())
        {
            return false;
        }

        Reader?.Wake(Wait.Input);
        Writer?.Wake(Wait.Room);
        WhenClosed?.Invoke();
        return true;
    }

    private bool TryCloseTail()
    {
        long tail = Volatile.Read(ref _writer.Tail);
        while (tail >= 0)
        {
            long seen = Interlocked.CompareExchange(ref _writer.Tail, tail | Closed, tail);
            if (seen == tail)
            {
                return true;
            }

            tail = seen;
        }

        return false;
    }

    private long Tail => Volatile.Read(ref _writer.Tail) & ~Closed;

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
