namespace Pipelines.Processes;

/// <summary>What a frame is.</summary>
internal enum Frame
{
    /// <summary>To the worker: what it is to do. Always the first.</summary>
    Job = 1,

    /// <summary>An item; or the last part of one, if parts went before.</summary>
    Item = 2,

    /// <summary>Some of an item that is too large for one frame.</summary>
    Part = 3,

    /// <summary>From the worker: the delegate threw on the item.</summary>
    Failure = 4,

    /// <summary>From the worker: something threw that was not about an item.</summary>
    Broken = 5,

    /// <summary>There will be no more items. Without it, an end is a death.</summary>
    End = 6,

    /// <summary>To the worker: the parts that went before are of an item that was taken back.</summary>
    Forget = 7,

    /// <summary>Nothing, up to the end of the ring.</summary>
    Pad = 8,

    /// <summary>Several items, which are nothing but their bytes, one behind the other.</summary>
    Items = 9,
}

/// <summary>One direction of the wire: a ring of frames with one writer and one reader, in two processes.</summary>
/// <remarks>
/// <para>A frame is a word (four bits of kind, 28 of length) and so many bytes, rounded up to four; it does not wrap: where it would, the rest of the ring is
/// padded. The head is moved past whole frames only, so that a writer that dies in the middle of one has written nothing. (But the results of a map: what it
/// has put down of a frame that it has not shown counts, as far as <see cref="Marks.Ended"/> says so.)</para>
/// <para>Positions are bytes since the start. Each side keeps its own and believes it; what it reads of the other's is checked before it is used, since that
/// process may have lost its mind. Its frames are copied, or read once.</para>
/// </remarks>
internal sealed unsafe class ByteRing
{
    private const int Header = sizeof(uint);
    private const int LengthBits = 28;

    private readonly byte* _bytes;
    private readonly int _size;
    private readonly long* _headWord;
    private readonly long* _tailWord;
    private long _head;
    private long _tail;
    private long _published;
    private int _frame;

    public ByteRing(byte* bytes, int size, ref long head, ref long tail)
    {
        Debug.Assert(System.Numerics.BitOperations.IsPow2(size), "A position is turned into an offset by its low bits.");
        _bytes = bytes;
        _size = size;
        _headWord = (long*)Unsafe.AsPointer(ref head);
        _tailWord = (long*)Unsafe.AsPointer(ref tail);
        (_head, _tail) = (head, tail);
        _published = _head;
    }

    /// <summary>The longest frame that is certain to find room sooner or later.</summary>
    public int LongestFrame => (_size / 4) - Header;

    /// <summary>Whether the reader has taken everything.</summary>
    public bool IsEmpty => Volatile.Read(ref *_tailWord) == _head;

    /// <summary>For the writer: whether a frame of that length would find room.</summary>
    public bool HasRoom(int length) => !Reserve(Math.Max(1, length)).IsEmpty;

    /// <summary>For the writer: room for the bytes of a frame of that length at least, and as much more as there is. Empty: not now.</summary>
    public Span<byte> Reserve(int atLeast)
    {
        while (true)
        {
            int offset = (int)_head & (_size - 1);
            int toEnd = _size - offset;
            long free = FreeFor(Math.Min(toEnd, atLeast + Header));
            long room = Math.Min(free, toEnd);
            if (room >= atLeast + Header)
            {
                return new Span<byte>(_bytes + offset + Header, (int)room - Header);
            }

            if (free < toEnd || FreeFor(toEnd + atLeast + Header) < toEnd + atLeast + Header)
            {
                return [];
            }

            Put(offset, Frame.Pad, toEnd - Header);
            _head += toEnd;
        }
    }

    /// <summary>For the writer: the frame whose bytes lie in the room that was reserved is whole. The reader sees it when it is published.</summary>
    public void Commit(Frame kind, int length)
    {
        Put((int)_head & (_size - 1), kind, length);
        _head += Whole(length);
    }

    /// <summary>For the writer: a frame with these bytes, if there is room.</summary>
    public bool TryWrite(Frame kind, ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = Reserve(Math.Max(1, bytes.Length));
        if (room.IsEmpty)
        {
            return false;
        }

        bytes.CopyTo(room);
        Commit(kind, bytes.Length);
        return true;
    }

    /// <summary>For the writer: the reader may see all that is whole.</summary>
    public bool Publish()
    {
        if (_published == _head)
        {
            return false;
        }

        _published = _head;
        Volatile.Write(ref *_headWord, _head);
        return true;
    }

    /// <summary>For the reader: whether there is a frame.</summary>
    public bool HasFrames => _head != _tail || Volatile.Read(ref *_headWord) != _tail;

    /// <summary>For the reader: the next frame, without its being taken.</summary>
    /// <exception cref="InvalidDataException">The ring is damaged.</exception>
    public bool TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            if (_head == _tail)
            {
                _head = Volatile.Read(ref *_headWord);
            }

            long there = _head - _tail;
            if (there == 0)
            {
                kind = default;
                bytes = default;
                return false;
            }

            int offset = (int)_tail & (_size - 1);
            uint word = there >= Header ? Volatile.Read(ref *(uint*)(_bytes + offset)) : 0;
            int length = (int)(word & ((1 << LengthBits) - 1));
            kind = (Frame)(word >> LengthBits);
            if (there > _size || kind is < Frame.Job or > Frame.Items || Whole(length) > there || Whole(length) > _size - offset)
            {
                throw new InvalidDataException("The memory that is shared with a worker process is damaged.");
            }

            _frame = Whole(length);
            if (kind == Frame.Pad)
            {
                _tail += _frame;
                continue;
            }

            bytes = new ReadOnlySpan<byte>(_bytes + offset + Header, length);
            return true;
        }
    }

    /// <summary>For the reader: bytes of a frame that the writer has not shown, where the next one will be. What they are worth another word must tell; and
    /// that the frame was not shown meanwhile, another look at <see cref="HasFrames"/>.</summary>
    /// <exception cref="InvalidDataException">There cannot be so many.</exception>
    public ReadOnlySpan<byte> Unshown(int length)
    {
        int offset = (int)_tail & (_size - 1);
        return length <= _size - offset - Header
            ? new ReadOnlySpan<byte>(_bytes + offset + Header, length)
            : throw new InvalidDataException("The memory that is shared with a worker process is damaged.");
    }

    /// <summary>For the reader: the frame that was looked at is taken. The writer sees it when it is released.</summary>
    public void Take() => _tail += _frame;

    /// <summary>For the reader: the room of what was taken is the writer's.</summary>
    public void Release() => Volatile.Write(ref *_tailWord, _tail);

    private static int Whole(int length) => Header + ((length + 3) & ~3);

    private long FreeFor(long wanted)
    {
        long free = _size - (_head - _tail);
        if (free >= wanted)
        {
            return free;
        }

        long tail = Volatile.Read(ref *_tailWord);
        if (tail < _tail || tail > _head)
        {
            throw new InvalidDataException("The memory that is shared with a worker process is damaged.");
        }

        _tail = tail;
        return _size - (_head - _tail);
    }

    private void Put(int offset, Frame kind, int length) => *(uint*)(_bytes + offset) = ((uint)kind << LengthBits) | (uint)length;
}
