namespace Pipelines.Processes;

/// <summary>What one worker has in hand, and how it gets into the ring of its process, or is taken back.</summary>
/// <remarks>An item that is too large for one frame goes in parts, as there is room.</remarks>
internal sealed class Outbox<T>(Codec<T> codec)
{
    private readonly Scratch _scratch = new();
    private readonly bool _isRaw = RawItems<T>.AreCarriedBy(codec);

    // What is left of an item that is sent in parts.
    private ReadOnlyMemory<byte> _large;

    // Some of an item that was taken back has been sent.
    private bool _isForgetDue;

    public Leases<T> Leases { get; } = new();

    /// <summary>Items that could not be written: the caller takes them from here. Null until there is one.</summary>
    public Queue<(Leases<T>.Lease Lease, Exception Error)>? Failed { get; private set; }

    /// <summary>What was not begun has been taken back, and the process has not seen it yet: nothing is sent meanwhile.</summary>
    public bool IsTakenBack { get; private set; }

    /// <summary>Another process takes the place of the last one.</summary>
    public void Reset()
    {
        (_large, _isForgetDue, IsTakenBack) = (default, false, false);
        Leases.FirstNumber = 0;
    }

    /// <summary>Sends what has not been sent, as much as there is room for, and lets the process see it. Whether it was all.</summary>
    /// <param name="child">The process.</param>
    /// <param name="any">Set if it was anything.</param>
    public bool Send(ChildProcess child, ref bool any)
    {
        bool hasRoom = !_isForgetDue || child.Requests.TryWrite(Frame.Forget, []);
        _isForgetDue &= !hasRoom;
        while (hasRoom && Leases.Sent < Leases.Count)
        {
            if (_isRaw)
            {
                hasRoom = TrySendMany(child.Requests);
                continue;
            }

            Leases<T>.Lease lease = Leases[Leases.Sent];
            try
            {
                hasRoom = _large.IsEmpty ? TrySend(child.Requests, lease.Item) : TrySendLarge(child.Requests);
            }
            catch (Exception error) when (error is not InvalidDataException)
            {
                Leases.RemoveAt(Leases.Sent);
                (Failed ??= new()).Enqueue((lease, error));
                any = true;
                continue;
            }

            if (hasRoom)
            {
                Leases.Sent++;
            }
        }

        any |= child.Requests.Publish();
        return hasRoom;
    }

    /// <summary>Takes back what waits behind an item that takes long. The process may begin the next at this very moment: then it keeps all.</summary>
    /// <param name="child">The process.</param>
    /// <param name="begun">How many items it has begun.</param>
    /// <param name="give">Where they go.</param>
    public void TakeBack(ChildProcess child, long begun, Action<long, ReadOnlySpan<T>> give)
    {
        int kept = (int)(begun - Leases.FirstNumber);
        if (IsTakenBack || Leases.Count <= kept)
        {
            return;
        }

        if (Leases.Sent > kept)
        {
            child.Marks.TakenBackTo = Leases.FirstNumber + Leases.Sent;
            if (Interlocked.CompareExchange(ref child.Marks.Begun, begun | Marks.TakenBack, begun) != begun)
            {
                return;
            }

            IsTakenBack = true;
        }

        Leases.TakeBack(kept, give);
        _isForgetDue |= !_large.IsEmpty;
        _large = default;
    }

    /// <summary>Whether it has left out what was taken back, and has nothing in hand.</summary>
    public bool IsFreeAgain(ChildProcess child)
    {
        if (Leases.Count > 0 || Volatile.Read(ref child.Marks.Begun) != child.Marks.TakenBackTo)
        {
            return false;
        }

        Leases.FirstNumber = child.Marks.TakenBackTo;
        IsTakenBack = false;
        return true;
    }

    private bool TrySendMany(ByteRing ring)
    {
        int sent = RawItems<T>.Write(Leases.Unsent, ring.Reserve(Unsafe.SizeOf<T>()));
        if (sent == 0)
        {
            return false;
        }

        ring.Commit(Frame.Items, sent * Unsafe.SizeOf<T>());
        Leases.Sent += sent;
        return true;
    }

    private bool TrySend(ByteRing ring, T item)
    {
        Span<byte> room = ring.Reserve(64);
        if (room.IsEmpty)
        {
            return false;
        }

        var writer = new ItemWriter(room, _scratch);
        codec.Write(ref writer, item);
        if (!writer.HasGrown)
        {
            ring.Commit(Frame.Item, writer.Length);
            return true;
        }

        if (writer.Length <= ring.LongestFrame)
        {
            return ring.TryWrite(Frame.Item, writer.Written);
        }

        _large = writer.Written.ToArray();
        _scratch.Trim();
        return TrySendLarge(ring);
    }

    private bool TrySendLarge(ByteRing ring)
    {
        while (_large.Length > ring.LongestFrame)
        {
            if (!ring.TryWrite(Frame.Part, _large.Span[..ring.LongestFrame]))
            {
                return false;
            }

            _large = _large[ring.LongestFrame..];
        }

        if (!ring.TryWrite(Frame.Item, _large.Span))
        {
            return false;
        }

        _large = default;
        return true;
    }
}
