using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

internal sealed class BatchBy100 : Question
{
    private const int Size = 100;

    public override string Title => "batch by 100";

    public override string Target => "8 ns an item";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, Batch(100), ForEach", static async items =>
        {
            long sum = 0;
            await Pipeline.Range(0, items).Batch(Size).ForEach(batch => sum += Weigh(batch)).RunAsync();
            return sum;
        }),
        Contender.Synchronous("Enumerable.Range, Chunk(100)", static items =>
        {
            long sum = 0;
            foreach (int[] batch in Enumerable.Range(0, items).Chunk(Size))
            {
                sum += Weigh(batch);
            }

            return sum;
        }),
        new("TPL Dataflow, bounded", DataflowAsync),
    ];

    public override long Expected(int items)
    {
        long batches = (items + Size - 1) / Size;
        return items + (Size * batches * (batches - 1) / 2);
    }

    // Its length and its first item: enough to see that nothing is missing, little enough not to be what is measured.
    private static long Weigh(int[] batch) => batch.Length + batch[0];

    private static async Task<long> DataflowAsync(int items)
    {
        long sum = 0;
        var batching = new BatchBlock<int>(Size, new GroupingDataflowBlockOptions { BoundedCapacity = Capacity });
        var last = new ActionBlock<int[]>(batch => sum += Weigh(batch), DataflowPeer.Bounded());
        batching.LinkTo(last, DataflowPeer.Link);
        await DataflowPeer.SendAsync(batching, last, items);
        return sum;
    }
}
