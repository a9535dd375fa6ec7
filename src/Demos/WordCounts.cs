using System.Runtime.InteropServices;

namespace Demos;

/// <summary>How often each word came, in either case. One thread at a time.</summary>
internal sealed class WordCounts
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.OrdinalIgnoreCase);

    public long Total { get; private set; }

    public int Different => _counts.Count;

    public void Add(ReadOnlyMemory<char> word)
    {
        // Looked up by its slice: a string is made only for a word that is new.
        var counts = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        CollectionsMarshal.GetValueRefOrAddDefault(counts, word.Span, out _)++;
        Total++;
    }

    /// <summary>The most frequent words; of equally frequent ones, those first in the alphabet.</summary>
    public IEnumerable<(string Word, long Count)> Top(int count) => _counts
        .OrderByDescending(pair => pair.Value)
        .ThenBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
        .Take(count)
        .Select(pair => (pair.Key.ToLowerInvariant(), pair.Value));
}
