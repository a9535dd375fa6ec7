using System.Runtime.InteropServices;

namespace Demos;

/// <summary>How often each word came, in either case. One thread at a time: workers count for themselves, and what they have is put together.</summary>
internal sealed class WordCounts
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.OrdinalIgnoreCase);

    public long Total { get; private set; }

    public int Different => _counts.Count;

    /// <summary>Counts a word.</summary>
    public static WordCounts Add(WordCounts counts, ReadOnlyMemory<char> word)
    {
        // Looked up by its slice: a string is made only for a word that is new.
        var lookup = counts._counts.GetAlternateLookup<ReadOnlySpan<char>>();
        CollectionsMarshal.GetValueRefOrAddDefault(lookup, word.Span, out _)++;
        counts.Total++;
        return counts;
    }

    /// <summary>Adds what others have counted.</summary>
    public static WordCounts Combine(WordCounts counts, WordCounts others)
    {
        foreach ((string word, long count) in others._counts)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts._counts, word, out _) += count;
        }

        counts.Total += others.Total;
        return counts;
    }

    /// <summary>Takes over what others have counted.</summary>
    public void Add(WordCounts others) => Combine(this, others);

    /// <summary>The most frequent words; of equally frequent ones, those first in the alphabet.</summary>
    public IEnumerable<(string Word, long Count)> Top(int count) => _counts
        .OrderByDescending(pair => pair.Value)
        .ThenBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
        .Take(count)
        .Select(pair => (pair.Key.ToLowerInvariant(), pair.Value));
}
