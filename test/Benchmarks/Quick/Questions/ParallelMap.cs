using System.Collections.Concurrent;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>An ordered map by two workers, at a given amount of work an item.</summary>
/// <param name="work">About how long an item takes; the row of the sequential loop says what it is on this machine.</param>
/// <param name="rounds">Dependent multiplications an item, about 1.1 ns each, but the processor begins an item before the last one has ended. A fixed number, so that every run does the same work.</param>
/// <param name="target">What we want to reach.</param>
internal sealed class ParallelMap(string work, int rounds, string target) : Question
{
    private const int Workers = 2;

    private readonly ConcurrentDictionary<int, long> _expected = new();

    public override string Title => $"parallel map, {work} of work, two workers, ordered";

    public override string Target => target;

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, Select(f, Parallelism = 2), ForEach", PipelineAsync),
        Contender.Synchronous("sequential loop", Sequential),
        new("two bare loops, half of the items each", BareAsync),
        new("Parallel.ForEachAsync into an array", ForEachAsync),
        Contender.Synchronous("PLINQ, ordered", Plinq),
        new("TPL Dataflow, bounded, ordered", DataflowAsync),
    ];

    public override long Expected(int items) => _expected.GetOrAdd(items, Sequential);

    // It depends on the order, so that a map that is out of order is found out.
    private static long Add(long hash, int value) => (hash * 31) + value;

    private int Work(int item)
    {
        uint value = (uint)item;
        for (int i = 0; i < rounds; i++)
        {
            value = (value * 1664525) + 1013904223;
        }

        return (int)value;
    }

    private async Task<long> PipelineAsync(int items)
    {
        long hash = 0;
        await Pipeline.Range(0, items).Select(Work, new BlockOptions { Parallelism = Workers })
            .ForEach(result => hash = Add(hash, result)).RunAsync();
        return hash;
    }

    private long Sequential(int items)
    {
        long hash = 0;
        for (int i = 0; i < items; i++)
        {
            hash = Add(hash, Work(i));
        }

        return hash;
    }

    private static long Fold(int[] results)
    {
        long hash = 0;
        foreach (int result in results)
        {
            hash = Add(hash, result);
        }

        return hash;
    }

    private async Task<long> BareAsync(int items)
    {
        int[] results = new int[items];
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() =>
        {
            int end = (int)((worker + 1L) * items / Workers);
            for (int i = (int)((long)worker * items / Workers); i < end; i++)
            {
                results[i] = Work(i);
            }
        })));
        return Fold(results);
    }

    private async Task<long> ForEachAsync(int items)
    {
        int[] results = new int[items];
        await Parallel.ForEachAsync(Enumerable.Range(0, items), new ParallelOptions { MaxDegreeOfParallelism = Workers }, (item, _) =>
        {
            results[item] = Work(item);
            return default;
        });
        return Fold(results);
    }

    private long Plinq(int items)
    {
        long hash = 0;
        foreach (int result in Enumerable.Range(0, items).AsParallel().AsOrdered().WithDegreeOfParallelism(Workers).Select(Work))
        {
            hash = Add(hash, result);
        }

        return hash;
    }

    private async Task<long> DataflowAsync(int items)
    {
        long hash = 0;
        var map = new TransformBlock<int, int>(Work, DataflowPeer.Bounded(Workers));
        var last = new ActionBlock<int>(result => hash = Add(hash, result), DataflowPeer.Bounded());
        map.LinkTo(last, DataflowPeer.Link);
        await DataflowPeer.SendAsync(map, last, items);
        return hash;
    }
}
