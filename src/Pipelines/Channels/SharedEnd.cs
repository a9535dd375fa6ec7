using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipelines.Channels;

/// <summary>What all readers of a channel that read up to the same sentinel have in common: whose turn it is, and how many sentinels have come.</summary>
/// <remarks>It lives as long as the channel's reader. The count belongs to whoever has the turn; it only grows, so that it may be looked at by
/// anybody.</remarks>
internal sealed class SharedEnd<T>(T sentinel, IEqualityComparer<T> comparer, SharedEnd<T>? next)
{
    private static readonly ConditionalWeakTable<ChannelReader<T>, Ends> s_ends = [];

    private int _expected;
    private int _come;

    /// <summary>One reader at a time. Nobody blocks: they wait asynchronously.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>How many sentinels end the stream; 0 until the first reader has said.</summary>
    public int Expected => Volatile.Read(ref _expected);

    /// <summary>Whether the last sentinel has been taken.</summary>
    public bool HasCome => Volatile.Read(ref _come) >= Expected;

    public static SharedEnd<T> Of(ChannelReader<T> reader, T sentinel, IEqualityComparer<T> comparer)
    {
        Ends ends = s_ends.GetOrCreateValue(reader);
        for (SharedEnd<T>? first = ends.First; ;)
        {
            if (first?.Find(sentinel, comparer) is { } known)
            {
                return known;
            }

            var added = new SharedEnd<T>(sentinel, comparer, first);
            SharedEnd<T>? found = Interlocked.CompareExchange(ref ends.First, added, first);
            if (ReferenceEquals(found, first))
            {
                return added;
            }

            first = found;
        }
    }

    /// <summary>Agrees on the number of sentinels. False: somebody has said another.</summary>
    public bool TryExpect(int sentinels) => Interlocked.CompareExchange(ref _expected, sentinels, 0) is var before && (before == 0 || before == sentinels);

    /// <summary>Whether an item is a sentinel; if so it counts. In turn only.</summary>
    public bool Is(T item)
    {
        if (!comparer.Equals(item, sentinel))
        {
            return false;
        }

        Volatile.Write(ref _come, _come + 1);
        return true;
    }

    private SharedEnd<T>? Find(T wanted, IEqualityComparer<T> by)
    {
        SharedEnd<T>? end = this;
        while (end is not null && !end.IsFor(wanted, by))
        {
            end = end.Next;
        }

        return end;
    }

    private SharedEnd<T>? Next => next;

    private bool IsFor(T wanted, IEqualityComparer<T> by) => Equals(comparer, by) && comparer.Equals(sentinel, wanted);

    private sealed class Ends
    {
        public SharedEnd<T>? First;
    }
}
