using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

internal sealed class SpreadOverLanes : Question
{
    private const int Lanes = 2;

    public override string Title => "two lanes by key, order kept for each key";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, Partition(key, 2), ForEach", static async items =>
        {
            long sum = 0;
            await Pipeline.Range(0, items).Partition(Key, Lanes, lane => lane.Select(Next)).ForEach(value => sum += value).RunAsync();
            return sum;
        }),
        new("a task, a Channel.CreateBounded and a task a lane, one for the results", ChannelsAsync),
        new("TPL Dataflow, bounded, links with conditions", DataflowAsync),
    ];

    public override long Expected(int items) => ((long)items * (items - 1) / 2) + items;

    private static int Key(int item) => item & 63;

    private static int Next(int item) => item + 1;

    private static async Task<long> ChannelsAsync(int items)
    {
        var options = new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true };
        Channel<int>[] lanes = [.. Enumerable.Range(0, Lanes).Select(_ => Channel.CreateBounded<int>(options))];
        Channel<int> results = Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        Task spreading = Task.Run(async () =>
        {
            for (int i = 0; i < items; i++)
            {
                ChannelWriter<int> lane = lanes[Key(i) % Lanes].Writer;
                while (!lane.TryWrite(i))
                {
                    await lane.WaitToWriteAsync();
                }
            }

            Array.ForEach(lanes, lane => lane.Writer.Complete());
        });
        Task working = Task.WhenAll(lanes.Select(lane => Task.Run(() => WorkAsync(lane.Reader, results.Writer))))
            .ContinueWith(_ => results.Writer.Complete(), TaskScheduler.Default);
        long sum = await Task.Run(() => SumAsync(results.Reader));
        await Task.WhenAll(spreading, working);
        return sum;
    }

    private static async Task WorkAsync(ChannelReader<int> lane, ChannelWriter<int> results)
    {
        while (await lane.WaitToReadAsync())
        {
            while (lane.TryRead(out int item))
            {
                int result = Next(item);
                while (!results.TryWrite(result))
                {
                    await results.WaitToWriteAsync();
                }
            }
        }
    }

    private static async Task<long> SumAsync(ChannelReader<int> results)
    {
        long sum = 0;
        while (await results.WaitToReadAsync())
        {
            while (results.TryRead(out int item))
            {
                sum += item;
            }
        }

        return sum;
    }

    private static async Task<long> DataflowAsync(int items)
    {
        long sum = 0;
        var first = new BufferBlock<int>(DataflowPeer.Bounded());
        var last = new ActionBlock<int>(value => sum += value, new ExecutionDataflowBlockOptions { BoundedCapacity = Capacity });
        TransformBlock<int, int>[] lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new TransformBlock<int, int>(Next, DataflowPeer.Bounded()))];
        for (int i = 0; i < Lanes; i++)
        {
            int number = i;
            first.LinkTo(lanes[i], DataflowPeer.Link, item => Key(item) % Lanes == number);
            lanes[i].LinkTo(last);
        }

        Task ending = Task.WhenAll(lanes.Select(lane => lane.Completion)).ContinueWith(_ => last.Complete(), TaskScheduler.Default);
        await DataflowPeer.SendAsync(first, last, items);
        await ending;
        return sum;
    }
}
