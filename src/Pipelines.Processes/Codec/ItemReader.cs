namespace Pipelines.Processes;

/// <summary>Where a codec reads: the bytes of one item, which the other side may have damaged. Nothing is believed: each length is checked before anything is
/// allocated for it.</summary>
internal ref struct ItemReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly int Left => _bytes.Length - _at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T ReadRaw<T>()
    {
        int size = Unsafe.SizeOf<T>();
        if (_bytes.Length - _at < size)
        {
            ThrowDamaged();
        }

        T value = Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref MemoryMarshal.GetReference(_bytes), _at));
        _at += size;
        return value;
    }

    public byte ReadByte() => ReadRaw<byte>();

    /// <summary>A count; -1 for none at all. There are that many times the size left.</summary>
    public int ReadCount(int size = 1)
    {
        uint count = 0;
        int shift = 0;
        uint next;
        do
        {
            next = ReadRaw<byte>();
            count |= (next & 0x7F) << shift;
            shift += 7;
        }
        while (next >= 0x80 && shift < 35);
        if (next >= 0x80 || (count != 0 && (ulong)(count - 1) * (uint)size > (uint)Left))
        {
            ThrowDamaged();
        }

        return (int)count - 1;
    }

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Left)
        {
            ThrowDamaged();
        }

        ReadOnlySpan<byte> read = _bytes.Slice(_at, count);
        _at += count;
        return read;
    }

    public string? ReadText()
    {
        int length = ReadCount(sizeof(char));
        return length switch
        {
            -1 => null,
            0 => "",
            _ => new string(MemoryMarshal.Cast<byte, char>(ReadBytes(length * sizeof(char)))),
        };
    }

    /// <summary>It was read to its end, or it was not what was written.</summary>
    public readonly void End()
    {
        if (Left != 0)
        {
            ThrowDamaged();
        }
    }

    private static void ThrowDamaged() =>
        throw new InvalidDataException("The bytes of an item from another process are not what was written there: they were damaged on the way.");
}
