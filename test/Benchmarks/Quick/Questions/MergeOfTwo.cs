using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

internal sealed class MergeOfTwo : Question
{
    public override string Title => "merge of two producers";

    public override string Target => "15 ns an item";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Merge(Range, Range), CountAsync", static async items =>
            await Pipeline.Merge(Pipeline.Range(0, items / 2), Pipeline.Range(0, items - (items / 2))).CountAsync()),
        new("two tasks into one Channel.CreateBounded", ChannelAsync),
        new("TPL Dataflow, two senders, one block, bounded", DataflowAsync),
    ];

    public override long Expected(int items) => items;

    private static async Task<long> ChannelAsync(int items)
    {
        Channel<int> channel = Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        Task[] writing = [Task.Run(() => WriteAsync(items / 2)), Task.Run(() => WriteAsync(items - (items / 2)))];
        Task<long> reading = Task.Run(async () =>
        {
            long count = 0;
            while (await channel.Reader.WaitToReadAsync())
            {
                while (channel.Reader.TryRead(out _))
                {
                    count++;
                }
            }

            return count;
        });
        await Task.WhenAll(writing);
        channel.Writer.Complete();
        return await reading;

        async Task WriteAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                while (!channel.Writer.TryWrite(i))
                {
                    await channel.Writer.WaitToWriteAsync();
                }
            }
        }
    }

    private static async Task<long> DataflowAsync(int items)
    {
        long count = 0;
        var last = new ActionBlock<int>(_ => count++, new ExecutionDataflowBlockOptions { BoundedCapacity = Capacity });
        await Task.WhenAll(Task.Run(() => SendAsync(items / 2)), Task.Run(() => SendAsync(items - (items / 2))));
        last.Complete();
        await last.Completion;
        return count;

        async Task SendAsync(int numbers)
        {
            for (int i = 0; i < numbers; i++)
            {
                if (!last.Post(i))
                {
                    await last.SendAsync(i);
                }
            }
        }
    }
}
