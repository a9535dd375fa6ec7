using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

internal sealed class BufferBetween : Question
{
    public override string Title => "two concurrent steps: Range, Buffer, Count";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, Buffer(256), CountAsync", static async items => await Pipeline.Range(0, items).Buffer(Capacity).CountAsync()),
        new("two tasks and Channel.CreateBounded", ChannelAsync),
        new("TPL Dataflow, bounded", DataflowAsync),
    ];

    public override long Expected(int items) => items;

    private static async Task<long> ChannelAsync(int items)
    {
        Channel<int> channel = Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < items; i++)
            {
                while (!channel.Writer.TryWrite(i))
                {
                    await channel.Writer.WaitToWriteAsync();
                }
            }

            channel.Writer.Complete();
        });
        long count = await Task.Run(async () =>
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
        await writing;
        return count;
    }

    private static async Task<long> DataflowAsync(int items)
    {
        long count = 0;
        var last = new ActionBlock<int>(_ => count++, DataflowPeer.Bounded());
        await DataflowPeer.SendAsync(last, last, items);
        return count;
    }
}
