using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Pipelines.Tests.Documentation.Migrating;

/// <summary>Each verb of Open.ChannelExtensions is named in a comment: the package is not referenced here.</summary>
public sealed class ChannelExtensionsTests
{
    private static readonly List<int> orders = [.. Enumerable.Range(0, 100)];
    private readonly ConcurrentQueue<int> _saved = [];
    private readonly Channel<int> channel = Channel.CreateBounded<int>(100);

    public ChannelExtensionsTests()
    {
        orders.ForEach(order => Assert.True(channel.Writer.TryWrite(order)));
        channel.Writer.Complete();
    }

    [Fact]
    public async Task Chain_After_DoesAll()
    {
        // snippet: verbs-chain
        // orders.ToChannel(100).PipeAsync(4, PriceAsync, 64).Filter(IsLarge).Pipe(Round, 64).ReadAll(Save)
        await Pipeline
            .From(orders)
            .SelectAsync(PriceAsync, new() { Parallelism = 4, Ordered = false, Capacity = 64 })
            .Where(IsLarge)
            .Select(Round)
            .ForEach(Save)
            .RunAsync();
        // end
        Assert.Equal(orders.Select(order => 3 * order).Where(IsLarge).Select(Round), _saved.Order());
    }

    [Fact]
    public async Task ReadAll_After_DoesAll()
    {
        // snippet: verbs-read
        // await channel.ReadAllConcurrentlyAsync(4, SaveAsync, token)
        await Pipeline
            .From(channel.Reader)
            .ForEachAsync(SaveAsync, new() { Parallelism = 4 })
            .RunAsync();
        // end
        Assert.Equal(orders, _saved.Order());
    }

    [Fact]
    public async Task WriteAll_After_DoesAll()
    {
        Channel<int> prices = Channel.CreateUnbounded<int>();

        // snippet: verbs-write
        // await prices.Writer.WriteAllConcurrentlyAsync(4, orders.Select(PriceAsync), complete: true)
        await Pipeline
            .From(orders)
            .SelectAsync(PriceAsync, new() { Parallelism = 4 })
            .To(prices.Writer)                  // completed with the run, and with its exception; leaveOpen: true leaves it open
            .RunAsync();
        // end
        Assert.Equal(orders.Select(order => 3 * order), await prices.Reader.ReadAllAsync().ToListAsync());
    }

    [Fact]
    public async Task Source_After_DoesAll()
    {
        // snippet: verbs-source
        // channel.Source(orders).Pipe(Round), for somebody else to read
        ChannelReader<int> rounded = Pipeline
            .From(orders)
            .Select(Round)
            .ToChannelReader();
        // end
        Assert.Equal(orders.Select(Round), await rounded.ReadAllAsync().ToListAsync());
    }

    [Fact]
    public async Task Batch_After_DoesAll()
    {
        // snippet: verbs-batch
        // channel.Reader.Batch(30).WithTimeout(1000)
        List<int[]> batches = await Pipeline
            .From(channel.Reader)
            .Batch(30, maxAge: TimeSpan.FromSeconds(1))
            .ToListAsync();
        // end
        Assert.Equal(orders, batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task Join_After_Flattens()
    {
        List<int[]> batches = [.. orders.Chunk(30)];

        // snippet: verbs-join
        // batches.ToChannel().Join()
        List<int> joined = await Pipeline
            .From(batches)
            .SelectMany(batch => batch)
            .ToListAsync();
        // end
        Assert.Equal(orders, joined);
    }

    [Fact]
    public async Task Merge_After_DoesAll()
    {
        // snippet: verbs-merge
        // channel.Reader.Merge(other)
        List<int> all = await Pipeline
            .Merge(Pipeline.From(channel.Reader), Pipeline.Range(100, 100))
            .ToListAsync();
        // end
        Assert.Equal(Enumerable.Range(0, 200), all.Order());
    }

    [Fact]
    public async Task Split_After_Routes()
    {
        // snippet: verbs-split
        // channel.Reader.Split(IsLarge, out ChannelReader<int> small)
        List<int> small = await Pipeline
            .From(channel.Reader)
            .When(IsLarge, branch => branch.ForEach(Save))
            .ToListAsync();
        // end
        Assert.Equal(orders.Where(IsLarge), _saved);
        Assert.Equal(orders.Where(order => !IsLarge(order)), small);
    }

    private static async Task<int> PriceAsync(int order)
    {
        await Task.Yield();
        return 3 * order;
    }

    private static bool IsLarge(int price) => price >= 30;

    private static int Round(int price) => price / 10 * 10;

    private void Save(int price) => _saved.Enqueue(price);

    private async Task SaveAsync(int price, CancellationToken token)
    {
        await Task.Yield();
        token.ThrowIfCancellationRequested();
        Save(price);
    }
}
