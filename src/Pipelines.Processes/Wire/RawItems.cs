namespace Pipelines.Processes;

/// <summary>Values that are nothing but their bytes, many to a frame: to write and to read them are copies.</summary>
internal static class RawItems<T>
{
    /// <summary>How many a frame holds at most: its room is free again when all of it was taken.</summary>
    public const int Most = 1024;

    // Larger ones gain nothing, and have to fit.
    private const int LargestItem = 1024;

    public static bool AreCarriedBy(Codec<T> codec) => codec is RawCodec<T> && Unsafe.SizeOf<T>() <= LargestItem;

    /// <summary>Writes as many as there is room for. How many.</summary>
    public static int Write(ReadOnlySpan<T> items, Span<byte> room)
    {
        int count = Math.Min(Math.Min(items.Length, Most), room.Length / Unsafe.SizeOf<T>());
        BytesOf(items[..count]).CopyTo(room);
        return count;
    }

    /// <summary>The values that these bytes are. Whoever else may write there is not to be believed: they are copied once.</summary>
    /// <exception cref="InvalidDataException">They are no whole number of values.</exception>
    public static ReadOnlySpan<T> Of(ReadOnlySpan<byte> bytes)
    {
        (int count, int rest) = Math.DivRem(bytes.Length, Unsafe.SizeOf<T>());
        return rest == 0
            ? MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(bytes)), count)
            : throw new InvalidDataException("A frame of values from another process ends in the middle of one.");
    }

    private static ReadOnlySpan<byte> BytesOf(ReadOnlySpan<T> items) => MemoryMarshal.CreateReadOnlySpan(
        ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), items.Length * Unsafe.SizeOf<T>());
}
