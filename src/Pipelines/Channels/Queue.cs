namespace Pipelines.Channels;

/// <summary>What can be said of a ring without knowing what it holds.</summary>
internal abstract class Queue
{
    private Gate? _gate;

    /// <summary>Who sleeps on the reader's side; set before the ring is shared.</summary>
    public Waiter? Reader { get; set; }

    /// <summary>Who sleeps on the writer's side; set before the ring is shared.</summary>
    public Waiter? Writer { get; set; }

    /// <summary>Who hears, once, that the reader takes no more; set before the ring is shared.</summary>
    public IReaderWatch? ReaderWatch { get; set; }

    /// <summary>
    /// The one lock of whatever shares this ring: a shared writer wakes a shared reader while it holds its lock, and the
    /// other way round, so two locks would be taken in both orders.
    /// </summary>
    public Gate Gate => _gate ?? Interlocked.CompareExchange(ref _gate, new Gate(), null) ?? _gate;

    /// <summary>The greatest number of items that wait; <see cref="long.MaxValue"/> for unbounded.</summary>
    public abstract long Capacity { get; }

    /// <summary>How many items were ever written. Any thread.</summary>
    public abstract long Written { get; }

    /// <summary>How many items were ever read. Any thread.</summary>
    public abstract long Read { get; }

    /// <summary>How many items wait. Any thread; exact for either side while the other is at rest.</summary>
    public int Count
    {
        get
        {
            // Head first: it never passes the tail, so the difference cannot come out negative.
            long head = Read;
            return (int)Math.Min(Math.Min(Written - head, Capacity), int.MaxValue);
        }
    }
}
