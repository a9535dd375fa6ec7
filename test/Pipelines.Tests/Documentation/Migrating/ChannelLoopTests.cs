using System.Threading.Channels;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class ChannelLoopTests
{
    private static readonly List<int> orders = [.. Enumerable.Range(0, 1000)];
    private readonly List<int> _saved = [];

    [Fact]
    public async Task ChannelLoop_Before_DoesAll()
    {
        // snippet: channel-before
        Channel<int> fetched = Channel.CreateBounded<int>(64);
        Channel<int> priced = Channel.CreateBounded<int>(64);

        Task fetch = Task.Run(async () =>
        {
            foreach (int order in orders)
            {
                await fetched.Writer.WriteAsync(order);         // for ever, if nobody reads any more
            }

            fetched.Writer.Complete();                          // not reached, if the loop throws
        });

        Task[] workers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await foreach (int order in fetched.Reader.ReadAllAsync())
            {
                await priced.Writer.WriteAsync(await PriceAsync(order));
            }
        }))];

        Task end = Task.WhenAll(workers).ContinueWith(all => priced.Writer.Complete(all.Exception), TaskScheduler.Default);

        await foreach (int price in priced.Reader.ReadAllAsync())
        {
            Save(price);                                        // in any order
        }

        await Task.WhenAll([fetch, end, .. workers]);
        // end
        Assert.Equal(orders.Select(order => 3 * order), _saved.Order());
    }

    [Fact]
    public async Task ChannelLoop_After_DoesAllInOrder()
    {
        // snippet: channel-after
        await Pipeline
            .From(orders)
            .SelectAsync(PriceAsync, new() { Parallelism = 4, Capacity = 64 })
            .ForEach(Save)                                      // in order
            .RunAsync();
        // end
        Assert.Equal(orders.Select(order => 3 * order), _saved);
    }

    [Fact]
    public async Task ChannelLoop_YourOwnLoopAfter_IsABlock()
    {
        // snippet: channel-own-loop-after
        await Pipeline
            .From(orders)
            .Transform<int>(async (reader, writer, token) =>
            {
                await foreach (int order in reader.ReadAllAsync(token))
                {
                    await writer.WriteAsync(await PriceAsync(order), token);
                }
            })
            .ForEach(Save)
            .RunAsync();
        // end
        Assert.Equal(orders.Select(order => 3 * order), _saved);
    }

    private static async Task<int> PriceAsync(int order)
    {
        await Task.Yield();
        return 3 * order;
    }

    private void Save(int order) => _saved.Add(order);
}
