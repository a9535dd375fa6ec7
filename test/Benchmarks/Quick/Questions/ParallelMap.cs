using System.Collections.Concurrent;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>An ordered map by two workers, at a given amount of work an item.</summary>
/// <param name="work">How long an item takes in the sequential loop, in words.</param>
/// <param name="nanoseconds">The same as a number: how many multiplications that are is measured, once, before the first item.</param>
/// <param name="target">What we want to reach.</param>
internal sealed class ParallelMap(string work, double nanoseconds, string target) : Question
{
    private const int Workers = 2;

    private readonly Lazy<int> _rounds = new(() => Calibration.RoundsFor(nanoseconds, Loop));
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

    private Func<int, int> Work
    {
        get
        {
            int rounds = _rounds.Value;
            return item => Multiply(item, rounds);
        }
    }

    // Each multiplication waits for the one before, but the processor begins an item before the last one has ended.
    private static int Multiply(int item, int rounds)
    {
        uint value = (uint)item;
        for (int i = 0; i < rounds; i++)
        {
            value = (value * 1664525) + 1013904223;
        }

        return (int)value;
    }

    private static long Loop(int items, int rounds)
    {
        long hash = 0;
        for (int i = 0; i < items; i++)
        {
            hash = Add(hash, Multiply(i, rounds));
        }

        return hash;
    }

    private async Task<long> PipelineAsync(int items)
    {
        long hash = 0;
        await Pipeline.Range(0, items).Select(Work, new BlockOptions { Parallelism = Workers })
            .ForEach(result => hash = Add(hash, result)).RunAsync();
        return hash;
    }

    private long Sequential(int items) => Loop(items, _rounds.Value);

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
        int rounds = _rounds.Value;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() =>
        {
            int end = (int)((worker + 1L) * items / Workers);
            for (int i = (int)((long)worker * items / Workers); i < end; i++)
            {
                results[i] = Multiply(i, rounds);
            }
        })));
        return Fold(results);
    }

    private async Task<long> ForEachAsync(int items)
    {
        int[] results = new int[items];
        Func<int, int> work = Work;
        await Parallel.ForEachAsync(Enumerable.Range(0, items), new ParallelOptions { MaxDegreeOfParallelism = Workers }, (item, _) =>
        {
            results[item] = work(item);
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
