using System.Threading.Tasks.Dataflow;
using Pipelines.Channels;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class BufferBlockTests
{
    private static readonly List<int> orders = [.. Enumerable.Range(0, 200)];
    private readonly List<int> _seen = [];

    [Fact]
    public async Task BufferBlock_BetweenBlocksBefore_KeepsOrder()
    {
        // snippet: buffer-before
        var price = new TransformBlock<int, int>(Price, new() { BoundedCapacity = 1 });
        var buffer = new BufferBlock<int>(new() { BoundedCapacity = 100 });
        var save = new ActionBlock<int>(Save, new() { BoundedCapacity = 1 });
        price.LinkTo(buffer, new() { PropagateCompletion = true });
        buffer.LinkTo(save, new() { PropagateCompletion = true });
        foreach (int order in orders)
        {
            await price.SendAsync(order);
        }

        price.Complete();
        await save.Completion;
        // end
        Assert.Equal(orders.Select(Price), _seen);
    }

    [Fact]
    public async Task BufferBlock_BetweenBlocksAfter_KeepsOrder()
    {
        // snippet: buffer-after
        await Pipeline
            .From(orders)
            .Select(Price)
            .Buffer(100)
            .ForEach(Save)
            .RunAsync();
        // end
        Assert.Equal(orders.Select(Price), _seen);
    }

    [Fact]
    public async Task BufferBlock_AsAQueueBefore_KeepsOrder()
    {
        // snippet: queue-before
        var queue = new BufferBlock<int>(new() { BoundedCapacity = 100 });
        Task producer = Task.Run(async () =>
        {
            foreach (int order in orders)
            {
                await queue.SendAsync(order);
            }

            queue.Complete();
        });

        while (await queue.OutputAvailableAsync())
        {
            Save(await queue.ReceiveAsync());
        }

        await producer;
        // end
        Assert.Equal(orders, _seen);
    }

    [Fact]
    public async Task BufferBlock_AsAQueueAfter_KeepsOrder()
    {
        // snippet: queue-after
        var queue = new Pipe<int>(100);
        Task producer = Task.Run(async () =>
        {
            using PipeWriter<int> writer = queue.OpenWriter();      // the end of the last writer is the end of the queue
            foreach (int order in orders)
            {
                await writer.WriteAsync(order);
            }
        });

        await foreach (int order in queue.Reader.ReadAllAsync())
        {
            Save(order);
        }

        await producer;
        // end
        Assert.Equal(orders, _seen);
    }

    private static int Price(int order) => 3 * order;

    private void Save(int order) => _seen.Add(order);
}
