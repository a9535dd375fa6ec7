using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>What a link costs whose capacity is not the default.</summary>
internal sealed class LinkOfCapacity(int capacity) : Question
{
    public override string Title => $"two concurrent steps, capacity {capacity}";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, Buffer, CountAsync", async items => await Pipeline.Range(0, items).Buffer(capacity).CountAsync()),
        new("two tasks and Channel.CreateBounded", ChannelAsync),
        new("TPL Dataflow, bounded", DataflowAsync),
    ];

    public override long Expected(int items) => items;

    private async Task<long> ChannelAsync(int items)
    {
        Channel<int> channel = Channel.CreateBounded<int>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
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
        long count = 0;
        await foreach (int _ in channel.Reader.ReadAllAsync())
        {
            count++;
        }

        await writing;
        return count;
    }

    private async Task<long> DataflowAsync(int items)
    {
        long count = 0;
        var last = new ActionBlock<int>(_ => count++, new ExecutionDataflowBlockOptions { BoundedCapacity = capacity, SingleProducerConstrained = true });
        await DataflowPeer.SendAsync(last, last, items);
        return count;
    }
}
