using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Demos;
using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>The main demo's job: the words of .NET's own reference documentation are counted, from the files on.</summary>
internal sealed class WordsOfDocumentation : Question
{
    private const int Workers = 2;

    private static readonly Lazy<string[]> s_files = new(FindFiles);
    private readonly ConcurrentDictionary<int, long> _expected = new();

    public override string Title => "words of the reference documentation: read, lines, words, filter, count; two workers";

    public override string Unit => "file";

    public override string Target => "1.7 times faster than the loop, 1.2 times faster than PLINQ";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("From, Parallel(Select, SelectMany, SelectMany, Where), AggregateAsync", static items => Pipeline.From(Files(items)).Parallel(
                files => files.Select(File.ReadAllText).SelectMany(Text.Lines).SelectMany(Text.Words).Where(word => word.Length > 1),
                new() { Parallelism = Workers, Capacity = 8 })
            .AggregateAsync(static () => new WordCounts(), WordCounts.Add, WordCounts.Combine, static counts => counts.Total)),
        Contender.Synchronous("loop", static items => Count(Files(items)).Total),
        new("two such loops, half of the files each, combined", HalvesAsync),
        new("the section with SelectAsync(File.ReadAllTextAsync)", static items => Pipeline.From(Files(items)).Parallel(
                files => files.SelectAsync(File.ReadAllTextAsync).SelectMany(Text.Lines).SelectMany(Text.Words).Where(word => word.Length > 1),
                new() { Parallelism = Workers, Capacity = 8 })
            .AggregateAsync(static () => new WordCounts(), WordCounts.Add, WordCounts.Combine, static counts => counts.Total)),
        new("loop that awaits the files", LoopAsync),
        Contender.Synchronous("PLINQ", static items => Files(items).AsParallel().WithDegreeOfParallelism(Workers)
            .Select(File.ReadAllText).SelectMany(Text.Lines).SelectMany(Text.Words).Where(word => word.Length > 1)
            .Aggregate(static () => new WordCounts(), WordCounts.Add, WordCounts.Combine, static counts => counts.Total)),
    ];

    public override long Expected(int items) => _expected.GetOrAdd(items, static few => Count(Files(few)).Total);

    private static IEnumerable<string> Files(int items)
    {
        string[] files = s_files.Value;
        for (int i = 0; i < items && files.Length > 0; i++)
        {
            yield return files[i % files.Length];
        }
    }

    // What two cores can give this job: nobody orders, balances or bounds anything.
    private static async Task<long> HalvesAsync(int items)
    {
        WordCounts[] counts = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(
            () => Count(Files(items).Where((_, index) => index % Workers == worker)))));
        return counts.Aggregate(WordCounts.Combine).Total;
    }

    private static WordCounts Count(IEnumerable<string> files)
    {
        var counts = new WordCounts();
        foreach (string file in files)
        {
            Count(File.ReadAllText(file), counts);
        }

        return counts;
    }

    private static async Task<long> LoopAsync(int items)
    {
        var counts = new WordCounts();
        foreach (string file in Files(items))
        {
            Count(await File.ReadAllTextAsync(file), counts);
        }

        return counts.Total;
    }

    private static void Count(string text, WordCounts counts)
    {
        foreach (ReadOnlyMemory<char> line in Text.Lines(text))
        {
            foreach (ReadOnlyMemory<char> word in Text.Words(line))
            {
                if (word.Length > 1)
                {
                    WordCounts.Add(counts, word);
                }
            }
        }
    }

    // Small ones, as most are: so that a repetition has several.
    private static string[] FindFiles()
    {
        string packs = Path.Combine(new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent!.Parent!.Parent!.FullName, "packs");
        return Directory.Exists(packs)
            ? [.. Directory.EnumerateFiles(packs, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(IsSmall)]
            : [];

        static bool IsSmall(string file) => new FileInfo(file).Length < 1 << 19;
    }
}
