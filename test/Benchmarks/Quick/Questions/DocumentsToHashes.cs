using System.Collections.Concurrent;
using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>Documents, of which the lines are hashed that are long enough, in order: several steps that all cost something.</summary>
internal sealed class DocumentsToHashes : Question
{
    private const int Workers = 2;
    private const int Lines = 100;
    private const int Shortest = 60;

    // As many documents as there are numbers to choose them by: they are used again and again.
    private static readonly Lazy<string[]> s_documents = new(() => [.. Enumerable.Range(0, 256).Select(Document)]);
    private readonly ConcurrentDictionary<int, long> _expected = new();

    public override string Title => "document, lines, filter, hash: two workers, ordered";

    public override string Unit => "line";

    public override string Target => "1.8 times faster than the loop";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("From, Parallel(SelectMany, Where, Select), ForEach", static async items =>
        {
            long all = 0;
            await Pipeline.From(Documents(items)).Parallel(
                documents => documents.SelectMany(LinesOf).Where(IsLong).Select(Hash), new() { Parallelism = Workers, Capacity = 1024 })
                .ForEach(hash => all = Chain(all, hash)).RunAsync();
            return all;
        }),
        Contender.Synchronous("loop", Loop),
        new("two such loops into arrays, half of the documents each", HalvesAsync),
        Contender.Synchronous("PLINQ, ordered", static items =>
        {
            long all = 0;
            foreach (long hash in Documents(items).AsParallel().AsOrdered().WithDegreeOfParallelism(Workers).SelectMany(LinesOf).Where(IsLong).Select(Hash))
            {
                all = Chain(all, hash);
            }

            return all;
        }),
        new("From, SelectMany, Where, Select(Parallelism = 2), ForEach", static async items =>
        {
            long all = 0;
            await Pipeline.From(Documents(items)).SelectMany(LinesOf).Where(IsLong).Select(Hash, new() { Parallelism = Workers })
                .ForEach(hash => all = Chain(all, hash)).RunAsync();
            return all;
        }),
    ];

    public override long Expected(int items) => _expected.GetOrAdd(items, Loop);

    private static IEnumerable<string> Documents(int lines)
    {
        for (int i = 0; i < (lines + Lines - 1) / Lines; i++)
        {
            yield return s_documents.Value[i % s_documents.Value.Length];
        }
    }

    private static long Loop(int items)
    {
        long all = 0;
        foreach (string document in Documents(items))
        {
            foreach (ReadOnlyMemory<char> line in LinesOf(document))
            {
                if (IsLong(line))
                {
                    all = Chain(all, Hash(line));
                }
            }
        }

        return all;
    }

    // What two cores can give this job: nobody balances or bounds anything, and the results are put in order at the end.
    private static async Task<long> HalvesAsync(int items)
    {
        string[] documents = [.. Documents(items)];
        int half = (documents.Length + 1) / 2;
        List<long>[] hashes = await Task.WhenAll(
            Task.Run(() => HashesOf(documents.AsMemory(0, half))), Task.Run(() => HashesOf(documents.AsMemory(half))));
        return hashes.SelectMany(some => some).Aggregate(0L, Chain);
    }

    private static List<long> HashesOf(ReadOnlyMemory<string> documents)
    {
        List<long> hashes = [];
        foreach (string document in documents.Span)
        {
            foreach (ReadOnlyMemory<char> line in LinesOf(document))
            {
                if (IsLong(line))
                {
                    hashes.Add(Hash(line));
                }
            }
        }

        return hashes;
    }

    // It depends on the order.
    private static long Chain(long all, long hash) => (all * 31) + hash;

    private static bool IsLong(ReadOnlyMemory<char> line) => line.Length > Shortest;

    private static IEnumerable<ReadOnlyMemory<char>> LinesOf(string text)
    {
        int start = 0;
        while (start < text.Length)
        {
            int length = text.AsSpan(start).IndexOf('\n');
            int end = length < 0 ? text.Length : start + length;
            yield return text.AsMemory(start, end - start);
            start = end + 1;
        }
    }

    private static long Hash(ReadOnlyMemory<char> line)
    {
        ulong hash = 14695981039346656037;
        foreach (char character in line.Span)
        {
            hash = (hash ^ character) * 1099511628211;
        }

        return (long)hash;
    }

    private static string Document(int number)
    {
        var random = new Random(number);
        return string.Join('\n', Enumerable.Range(0, Lines).Select(_ => new string((char)('a' + random.Next(26)), random.Next(40, 120))));
    }
}
