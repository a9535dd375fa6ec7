using System.Threading.Tasks.Dataflow;
using Akka.Streams.Dsl;
using Pipelines;
using R3;

namespace Benchmarks.Quick.Questions;

internal sealed class FiveTransforms : Question
{
    private static readonly Func<int, int> First = static x => x + 1;
    private static readonly Func<int, int> Second = static x => x ^ 0x55;
    private static readonly Func<int, int> Third = static x => x - 3;
    private static readonly Func<int, int> Fourth = static x => x << 1;
    private static readonly Func<int, int> Fifth = static x => x & 0xFFFF;
    private static readonly Func<int, int>[] All = [First, Second, Third, Fourth, Fifth];

    public override string Title => "five synchronous transforms";

    public override string Target => "within 2.5 times the loop, 30 times faster than TPL Dataflow";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, five Selects, ForEach", static async items =>
        {
            long sum = 0;
            await Pipeline.Range(0, items).Select(First).Select(Second).Select(Third).Select(Fourth).Select(Fifth)
                .ForEach(value => sum += value).RunAsync();
            return sum;
        }),
        Contender.Synchronous("loop, five delegates the JIT can inline", static items => SumNamed(items)),
        Contender.Synchronous("loop, the five in an array, which it cannot", static items => SumArray(All, items)),
        Contender.Synchronous("System.Linq", static items => Enumerable.Range(0, items)
            .Select(First).Select(Second).Select(Third).Select(Fourth).Select(Fifth).Sum(static value => (long)value)),
        Contender.Synchronous("PLINQ", static items => ParallelEnumerable.Range(0, items)
            .Select(First).Select(Second).Select(Third).Select(Fourth).Select(Fifth).Sum(static value => (long)value)),
        new("TPL Dataflow, bounded", DataflowAsync),
        new("System.Linq.AsyncEnumerable", AsyncEnumerableAsync),
        Contender.Synchronous("R3", Observable),
        new("Akka.Streams", AkkaAsync),
    ];

    public override long Expected(int items) => SumNamed(items);

    // Five places that each call one delegate: the profile finds it, and the JIT puts its body there behind a check.
    private static long SumNamed(int items)
    {
        long sum = 0;
        for (int i = 0; i < items; i++)
        {
            sum += Fifth(Fourth(Third(Second(First(i)))));
        }

        return sum;
    }

    // One place that calls all five: what a library sees that is handed its delegates.
    private static long SumArray(Func<int, int>[] functions, int items)
    {
        long sum = 0;
        for (int i = 0; i < items; i++)
        {
            int value = i;
            foreach (Func<int, int> function in functions)
            {
                value = function(value);
            }

            sum += value;
        }

        return sum;
    }

    private static async Task<long> AsyncEnumerableAsync(int items)
    {
        long sum = 0;
        await foreach (int value in Enumerable.Range(0, items).ToAsyncEnumerable().Select(First).Select(Second).Select(Third).Select(Fourth).Select(Fifth))
        {
            sum += value;
        }

        return sum;
    }

    private static long Observable(int items)
    {
        long sum = 0;
        using (R3.ObservableSubscribeExtensions.Subscribe(
            R3.Observable.Range(0, items).Select(First).Select(Second).Select(Third).Select(Fourth).Select(Fifth), value => sum += value))
        {
        }

        return sum;
    }

    private static async Task<long> AkkaAsync(int items)
    {
        long sum = 0;
        await Source.From(Enumerable.Range(0, items)).Select(First).Select(Second).Select(Third).Select(Fourth).Select(Fifth)
            .RunForeach(value => sum += value, AkkaPeer.Materializer);
        return sum;
    }

    private static async Task<long> DataflowAsync(int items)
    {
        long sum = 0;
        TransformBlock<int, int>[] blocks = [.. All.Select(function => new TransformBlock<int, int>(function, DataflowPeer.Bounded()))];
        var last = new ActionBlock<int>(value => sum += value, DataflowPeer.Bounded());
        for (int i = 1; i < blocks.Length; i++)
        {
            blocks[i - 1].LinkTo(blocks[i], DataflowPeer.Link);
        }

        blocks[^1].LinkTo(last, DataflowPeer.Link);
        await DataflowPeer.SendAsync(blocks[0], last, items);
        return sum;
    }
}
