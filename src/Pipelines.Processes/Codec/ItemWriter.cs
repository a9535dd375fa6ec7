using System.Text;

namespace Pipelines.Processes;

/// <summary>Where a codec writes: the memory it was given as long as that is enough, else a buffer that grows.</summary>
internal ref struct ItemWriter
{
    // Deeper than any data; less deep than a stack of the thread pool.
    private const int DeepestNesting = 400;

    private readonly Scratch _scratch;
    private Span<byte> _bytes;
    private int _depth;

    public ItemWriter(Span<byte> direct, Scratch scratch)
    {
        _bytes = direct;
        _scratch = scratch;
    }

    /// <summary>How many bytes there are so far.</summary>
    public int Length { get; private set; }

    /// <summary>Whether they did not fit into the memory that was given, and are in the scratch buffer.</summary>
    public bool HasGrown { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _bytes[..Length];

    public readonly Scratch Scratch => _scratch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRaw<T>(in T value)
    {
        int size = Unsafe.SizeOf<T>();
        if (_bytes.Length - Length < size)
        {
            Grow(size);
        }

        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetReference(_bytes), Length), value);
        Length += size;
    }

    public void WriteByte(byte value) => WriteRaw(value);

    /// <summary>A count, or -1 for none at all: seven bits a byte.</summary>
    public void WriteCount(int count)
    {
        uint rest = (uint)(count + 1);
        while (rest >= 0x80)
        {
            WriteRaw((byte)(rest | 0x80));
            rest >>= 7;
        }

        WriteRaw((byte)rest);
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - Length < bytes.Length)
        {
            Grow(bytes.Length);
        }

        bytes.CopyTo(_bytes[Length..]);
        Length += bytes.Length;
    }

    public void WriteText(string? text)
    {
        WriteCount(text?.Length ?? -1);
        WriteBytes(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <summary>An object is within another: without an end, if one of them is within itself.</summary>
    public void Enter(Type type)
    {
        if (++_depth > DeepestNesting)
        {
            throw new NotSupportedException(
                $"A {TypeName.Of(type)} is nested more than {DeepestNesting} deep: an object that contains itself cannot be carried to another process. " +
                "Send what identifies it instead.");
        }
    }

    public void Leave() => _depth--;

    private void Grow(int wanted)
    {
        byte[] longer = _scratch.Grow((long)Length + wanted, _bytes[..Length]);
        _bytes = longer;
        HasGrown = true;
    }
}

/// <summary>A buffer that is used again for each item.</summary>
internal sealed class Scratch
{
    private const int Kept = 1 << 20;

    private byte[] _bytes = [];

    /// <summary>A buffer of that length at least, which begins with what was written.</summary>
    public byte[] Grow(long length, ReadOnlySpan<byte> written)
    {
        if (length > Array.MaxLength)
        {
            throw new NotSupportedException("An item takes more than 2 GB as bytes. Send what identifies it, such as the name of a file.");
        }

        if (_bytes.Length < length)
        {
            byte[] longer = new byte[Math.Min(Array.MaxLength, Math.Max(length, Math.Max(1024, 2L * _bytes.Length)))];
            written.CopyTo(longer);
            _bytes = longer;
        }
        else if (!written.Overlaps(_bytes))
        {
            written.CopyTo(_bytes);
        }

        return _bytes;
    }

    /// <summary>One very large item is no reason to keep its memory.</summary>
    public void Trim()
    {
        if (_bytes.Length > Kept)
        {
            _bytes = [];
        }
    }
}

/// <summary>How types are named in messages: as in C#, without namespaces.</summary>
internal static class TypeName
{
    public static string Of(Type type)
    {
        if (type.IsArray)
        {
            return Of(type.GetElementType()!) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Of(value) + "?";
        }

        if (!type.IsGenericType)
        {
            return type.Name;
        }

        var name = new StringBuilder(type.Name.Split('`')[0]);
        return name.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(Of)).Append('>').ToString();
    }
}
