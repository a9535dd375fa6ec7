using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Pipelines.Channels;

// The reader's side: one thread at a time.
internal sealed partial class Ring<T>
{
    /// <summary>Whether a <see cref="TryRead"/> would find an item. Reader only.</summary>
    public bool HasItems
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _reader.Head < _reader.Limit || HasMore();
    }

    // What waits in front is left there: it may still be dropped.
    private bool HasMore() => WaitsIn is { } queue ? queue.HasItems : TryExtendReader();

    // The same, and the next item is this reader's from here on.
    private bool HoldsItems
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _reader.Head < _reader.Limit || TryExtendReader();
    }

    /// <summary>Reads one item. Reader only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead([MaybeNullWhen(false)] out T item)
    {
        if (!HoldsItems)
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

    /// <summary>The items in a row that are next, for the reader to take from the first on and then to <see cref="Release"/>. Empty: there are none. Reader
    /// only.</summary>
    public ReadOnlySpan<T> Items => HoldsItems ? Contiguous(_readSegment, _reader.Head, _reader.Limit) : default;

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
        if (!HoldsItems)
        {
            item = default;
            return false;
        }

        T[] slots = _readSegment.Slots;
        item = slots[(int)_reader.Head & (slots.Length - 1)];
        return true;
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

    /// <summary>Wakes a writer that sleeps although there is room enough, where a <see cref="TryReadQuietly"/> came to a place to look. Any thread, behind
    /// the lock.</summary>
    public void WakeWriterIfDue()
    {
        // The exchange is the fence as well, see WakeWriter; and whoever takes the flag has seen the cursor of whoever set it.
        if (Volatile.Read(ref _reader.LookIsDue) != 0
            && Interlocked.Exchange(ref _reader.LookIsDue, 0) != 0
            && Writer is { } writer
            && writer.IsArmedFor(Wait.Room, out int wait)
            && _capacity - (Tail - Read) > Volatile.Read(ref _wakeMask))
        {
            writer.Wake(wait);
        }
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
            if (_capacity - (Tail - _reader.Head) > _wakeMask)
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
            if (_capacity > Tail - _reader.Head)
            {
                _reader.HasWokenWriter |= writer.Wake(wait);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryExtendReader()
    {
        if (WaitsIn is { } queue && (!queue.TryTake(out T? next) || !TryWriteQuietly(next)))
        {
            return false;
        }

        long head = _reader.Head;
        long tail = Tail;
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
