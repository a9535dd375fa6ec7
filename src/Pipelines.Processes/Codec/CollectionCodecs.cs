using System.Collections.Immutable;

namespace Pipelines.Processes;

/// <summary>An array of values that are nothing but their bytes: one copy.</summary>
internal sealed class RawArrayCodec<T> : Codec<T[]?>
{
    public override void Write(ref ItemWriter writer, in T[]? value)
    {
        writer.WriteCount(value?.Length ?? -1);
        writer.WriteBytes(Bytes(value));
    }

    public override T[]? Read(ref ItemReader reader)
    {
        int count = reader.ReadCount(Unsafe.SizeOf<T>());
        if (count <= 0)
        {
            return count < 0 ? null : [];
        }

        ReadOnlySpan<byte> bytes = reader.ReadBytes(count * Unsafe.SizeOf<T>());
        T[] items = GC.AllocateUninitializedArray<T>(count);
        bytes.CopyTo(Bytes(items));
        return items;
    }

    private static Span<byte> Bytes(T[]? items) => items is null
        ? []
        : MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(items)), checked(items.Length * Unsafe.SizeOf<T>()));
}

/// <summary>An array of anything else.</summary>
internal sealed class ArrayCodec<T>(Codec<T> item) : Codec<T[]?>
{
    public override void Write(ref ItemWriter writer, in T[]? value)
    {
        if (value is not null && value.GetType() != typeof(T[]))
        {
            throw new NotSupportedException($"A {TypeName.Of(value.GetType())} is in the place of a {TypeName.Of(typeof(T[]))}: it would arrive as another.");
        }

        writer.WriteCount(value?.Length ?? -1);
        writer.Enter(typeof(T[]));
        foreach (ref readonly T each in value.AsSpan())
        {
            item.Write(ref writer, each);
        }

        writer.Leave();
    }

    public override T[]? Read(ref ItemReader reader)
    {
        int count = reader.ReadCount();
        if (count < 0)
        {
            return null;
        }

        var items = new T[count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = item.Read(ref reader);
        }

        return items;
    }
}

/// <summary>A collection of the framework, by its items.</summary>
/// <param name="items">Of the items.</param>
/// <param name="list">Its items, in the order in which they are to be added; throws on what would be lost.</param>
/// <param name="create">Makes it of them.</param>
internal sealed class CollectionCodec<TCollection, T>(Codec<T[]?> items, Func<TCollection, T[]?> list, Func<T[], TCollection> create) : Codec<TCollection>
{
    public override void Write(ref ItemWriter writer, in TCollection value)
    {
        if (value is not null && value.GetType() != typeof(TCollection))
        {
            throw new NotSupportedException(
                $"A {TypeName.Of(value.GetType())} is in the place of a {TypeName.Of(typeof(TCollection))}: what it has beyond that would be lost.");
        }

        items.Write(ref writer, value is null ? null : list(value));
    }

    public override TCollection Read(ref ItemReader reader) => items.Read(ref reader) is { } read ? create(read) : default!;
}

/// <summary>The collections of the framework that can be carried. What they keep beside their items, a comparer, must be the usual one.</summary>
internal static class Collections
{
    public static CollectionCodec<List<T>, T> List<T>(Codec<T[]?> items) => new(items, list => [.. list], array => [.. array]);

    public static CollectionCodec<Queue<T>, T> Queue<T>(Codec<T[]?> items) => new(items, queue => [.. queue], array => new(array));

    public static CollectionCodec<Stack<T>, T> Stack<T>(Codec<T[]?> items) => new(
        items,
        stack =>
        {
            T[] bottomUp = [.. stack];
            Array.Reverse(bottomUp);
            return bottomUp;
        },
        array => new(array));

    public static CollectionCodec<LinkedList<T>, T> LinkedList<T>(Codec<T[]?> items) => new(items, list => [.. list], array => new(array));

    public static CollectionCodec<HashSet<T>, T> HashSet<T>(Codec<T[]?> items) => new(
        items, set => [.. Usual(set, ReferenceEquals(set.Comparer, EqualityComparer<T>.Default))], array => [.. array]);

    public static CollectionCodec<SortedSet<T>, T> SortedSet<T>(Codec<T[]?> items) => new(
        items, set => [.. Usual(set, ReferenceEquals(set.Comparer, Comparer<T>.Default))], array => [.. array]);

    public static CollectionCodec<Dictionary<TKey, T>, KeyValuePair<TKey, T>> Dictionary<TKey, T>(Codec<KeyValuePair<TKey, T>[]?> items)
        where TKey : notnull => new(
        items, map => [.. Usual(map, ReferenceEquals(map.Comparer, EqualityComparer<TKey>.Default))], array => new(array));

    public static CollectionCodec<SortedDictionary<TKey, T>, KeyValuePair<TKey, T>> SortedDictionary<TKey, T>(Codec<KeyValuePair<TKey, T>[]?> items)
        where TKey : notnull => new(
        items,
        map => [.. Usual(map, ReferenceEquals(map.Comparer, Comparer<TKey>.Default))],
        array =>
        {
            var map = new SortedDictionary<TKey, T>();
            foreach ((TKey key, T value) in array)
            {
                map.Add(key, value);
            }

            return map;
        });

    public static CollectionCodec<ImmutableArray<T>, T> ImmutableArray<T>(Codec<T[]?> items) => new(
        items, ImmutableCollectionsMarshal.AsArray, ImmutableCollectionsMarshal.AsImmutableArray);

    public static CollectionCodec<ImmutableList<T>, T> ImmutableList<T>(Codec<T[]?> items) => new(items, list => [.. list], array => [.. array]);

    public static CollectionCodec<Memory<T>, T> Memory<T>(Codec<T[]?> items) => new(items, memory => memory.ToArray(), array => array);

    public static CollectionCodec<ReadOnlyMemory<T>, T> ReadOnlyMemory<T>(Codec<T[]?> items) => new(items, memory => memory.ToArray(), array => array);

    public static CollectionCodec<ArraySegment<T>, T> ArraySegment<T>(Codec<T[]?> items) => new(
        items, segment => segment.Array is null ? null : [.. segment], array => array);

    private static TCollection Usual<TCollection>(TCollection collection, bool isUsual) => isUsual
        ? collection
        : throw new NotSupportedException(
            $"A {TypeName.Of(collection!.GetType())} with a comparer of its own cannot be carried to another process, which does not know that comparer. " +
            "Send its items, or give the block a serializer.");
}
