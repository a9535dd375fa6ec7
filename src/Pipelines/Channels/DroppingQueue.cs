using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Pipelines.Channels;

/// <summary>What waits for a ring's reader where the writer drops instead of waiting: oldest first, and which side has ended.</summary>
/// <remarks>To drop the oldest or the newest item the writer must take back what the reader may be taking, so both sides work under one lock, under which
/// nobody is called. Any thread.</remarks>
internal sealed class DroppingQueue<T>(int capacity, BoundedChannelFullMode mode)
{
    private readonly Lock _lock = new();
    private readonly Deque<T> _items = new();
    private long _written;
    private int _count;
    private int _isClosed;

    public int Capacity => capacity;

    /// <summary>How many were put in, but for those that were dropped.</summary>
    public long Written => Volatile.Read(ref _written);

    public bool HasItems => Volatile.Read(ref _count) > 0;

    /// <summary>Whether nothing more is put in.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>Puts an item in. True if one was dropped for it, which may be the item itself.</summary>
    public bool Put(T item, [MaybeNullWhen(false)] out T dropped)
    {
        bool drops = false;
        dropped = default;
        lock (_lock)
        {
            if (_items.Count == capacity)
            {
                drops = true;
                if (mode == BoundedChannelFullMode.DropWrite)
                {
                    dropped = item;
                    return true;
                }

                dropped = mode == BoundedChannelFullMode.DropOldest ? _items.TakeFirst() : _items.TakeLast();
            }

            _items.AddLast(item);
            Volatile.Write(ref _written, _written + (drops ? 0 : 1));
            Volatile.Write(ref _count, _items.Count);
        }

        return drops;
    }

    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_lock)
        {
            bool any = _items.Count > 0;
            item = any ? _items.TakeFirst() : default;
            Volatile.Write(ref _count, _items.Count);
            return any;
        }
    }

    /// <summary>Nothing more is put in. False: it was so before. A fence.</summary>
    public bool TryClose() => Interlocked.Exchange(ref _isClosed, 1) == 0;
}
