using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>What the runtime's bounded channel promises to several readers and writers: whoever waits is served in the order of coming.</summary>
public abstract class SharedChannelContractTests : ChannelContractTests
{
    // Fifty writers once waited up to 630 ms, where those of the in-box channel waited 33, and one of them wrote eighty times as many items as another.
    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task TryRead_WritesPending_LetsExactlyTheOldestThrough(int capacity)
    {
        const int Pending = 20;
        Channel<int> channel = CreateFull(capacity);
        Task[] writes = [.. Enumerable.Range(capacity, Pending).Select(item => channel.Writer.WriteAsync(item).AsTask())];
        for (int read = 0; read < Pending; read++)
        {
            Assert.True(channel.Reader.TryRead(out int item));
            Assert.Equal(read, item);
            await writes[read].InTime();
            Assert.All(writes[(read + 1)..], write => Assert.False(write.IsCompleted));
            Assert.Equal(capacity, channel.Reader.Count);
        }

        channel.Writer.Complete();
        Assert.Equal(Enumerable.Range(Pending, capacity), await channel.Reader.ReadAllAsync().ToListAsync().InTime());
    }

    [Fact]
    public async Task TryWrite_ReadsPending_ServesExactlyTheOldest()
    {
        Channel<int> channel = Create();
        Task<int>[] reads = [.. Enumerable.Range(0, 20).Select(_ => channel.Reader.ReadAsync().AsTask())];
        for (int i = 0; i < reads.Length; i++)
        {
            Assert.True(channel.Writer.TryWrite(i));
            Assert.Equal(i, await reads[i].InTime());
            Assert.All(reads[(i + 1)..], read => Assert.False(read.IsCompleted));
            Assert.Equal(0, channel.Reader.Count);
        }
    }

    [Fact]
    public void TryWrite_WritesPending_DoesNotOvertake()
    {
        Channel<int> channel = CreateFull(2);
        ValueTask first = channel.Writer.WriteAsync(2);
        ValueTask second = channel.Writer.WriteAsync(3);

        Assert.True(channel.Reader.TryRead(out _));

        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted);
        Assert.False(channel.Writer.TryWrite(4));
    }

    [Fact]
    public void TryRead_ReadsPending_DoesNotOvertake()
    {
        Channel<int> channel = Create();
        ValueTask<int> first = channel.Reader.ReadAsync();
        ValueTask<int> second = channel.Reader.ReadAsync();

        Assert.True(channel.Writer.TryWrite(1));

        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted);
        Assert.False(channel.Reader.TryRead(out _));
        Assert.False(channel.Reader.TryPeek(out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task WriteAsync_OneInLineCancelled_TheOthersKeepTheirOrder(int cancelled)
    {
        Channel<int> channel = CreateFull(2);
        using var source = new CancellationTokenSource();
        Task[] writes =
            [.. Enumerable.Range(2, 5).Select((item, i) => channel.Writer.WriteAsync(item, i == cancelled ? source.Token : CancellationToken.None).AsTask())];

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writes[cancelled].InTime());
        for (int item = 0; item < 7; item++)
        {
            if (item != cancelled + 2)
            {
                Assert.Equal(item, await channel.Reader.ReadAsync().InTime());
            }
        }

        Assert.False(channel.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task ReadAsync_OneInLineCancelled_TheOthersKeepTheirOrder(int cancelled)
    {
        Channel<int> channel = Create();
        using var source = new CancellationTokenSource();
        Task<int>[] reads = [.. Enumerable.Range(0, 5).Select(i => channel.Reader.ReadAsync(i == cancelled ? source.Token : CancellationToken.None).AsTask())];

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reads[cancelled].InTime());
        for (int i = 0, item = 0; i < 5; i++)
        {
            if (i != cancelled)
            {
                Assert.True(channel.Writer.TryWrite(item));
                Assert.Equal(item++, await reads[i].InTime());
            }
        }
    }

    // The slot goes to the write in line; whoever only waited to hear of room hears of it when it is there for him too.
    [Fact]
    public async Task WaitToWriteAsync_WritesAndWaitsInLine_AllEndWhenAllIsRead()
    {
        Channel<int> channel = CreateFull(2);
        Task write = channel.Writer.WriteAsync(2).AsTask();
        Task<bool>[] waits = [.. Enumerable.Range(0, 10).Select(_ => channel.Writer.WaitToWriteAsync().AsTask())];
        Assert.True(channel.Reader.TryRead(out _));
        await write.InTime();
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));

        Assert.True(channel.Reader.TryRead(out _));

        Assert.All(await Task.WhenAll(waits).InTime(), Assert.True);
    }

    [Fact]
    public async Task WaitToReadAsync_SeveralWait_OneWriteEndsAll()
    {
        Channel<int> channel = Create();
        Task<bool>[] waits = [.. Enumerable.Range(0, 10).Select(_ => channel.Reader.WaitToReadAsync().AsTask())];

        Assert.True(channel.Writer.TryWrite(1));

        Assert.All(await Task.WhenAll(waits).InTime(), Assert.True);
        Assert.True(channel.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Complete_ManyInLine_EndsThemAll()
    {
        Channel<int> empty = Create(), full = CreateFull(2);
        Task[] reads = [.. Enumerable.Range(0, 10).Select(_ => empty.Reader.ReadAsync().AsTask())];
        Task[] writes = [.. Enumerable.Range(0, 10).Select(_ => full.Writer.WriteAsync(9).AsTask())];

        empty.Writer.Complete();
        full.Writer.Complete();

        foreach (Task task in reads.Concat(writes))
        {
            await Assert.ThrowsAsync<ChannelClosedException>(() => task.InTime());
        }

        await empty.Reader.Completion.InTime();
        Assert.Equal([0, 1], await full.Reader.ReadAllAsync().ToListAsync().InTime());
        await full.Reader.Completion.InTime();
    }

    [Fact]
    public void ManyWriteAsync_ThenManyTryRead_KeepTheOrder()
    {
        Channel<int> channel = Create<int>(1);
        ValueTask[] writes = [.. Enumerable.Range(0, 2000).Select(item => channel.Writer.WriteAsync(item))];
        for (int i = 0; i < writes.Length; i++)
        {
            Assert.True(channel.Reader.TryRead(out int item));
            Assert.Equal(i, item);
        }

        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
    }

    // More than a stack could hold, if serving one wait called upon the next.
    [Fact]
    public async Task ManyReadAsyncAndWriteAsync_AtOnce_AreAllServed()
    {
        const int Items = 50_000;
        Channel<int> channel = Create<int>(1);
        Task<int>[] reads = [.. Enumerable.Range(0, Items).Select(_ => channel.Reader.ReadAsync().AsTask())];
        Task writing = Task.WhenAll(Enumerable.Range(0, 4).Select(lane => Task.Run(() =>
            Task.WhenAll(Enumerable.Range(0, Items / 4).Select(i => channel.Writer.WriteAsync(4 * i + lane).AsTask())))));

        await writing.InTime();

        Assert.Equal(Enumerable.Range(0, Items), (await Task.WhenAll(reads).InTime()).Order());
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(10, 1)]
    [InlineData(10, 10)]
    public async Task Crowd_InTheStorm_LosesNothingAndDeliversNothingCancelled(int writers, int readers) =>
        await Stress.ForSomeTimeAsync(async seed =>
        {
            Channel<int> channel = Create<int>(new Random(seed).Next(1, 6));
            string? fault = await new CrowdStorm(channel, writers, readers, items: 2_000, seed).RunAsync();
            if (IsExact)
            {
                Assert.True(fault is null, $"Seed {seed}: {fault}");
                await channel.Reader.Completion.InTime();
            }
        });

    /// <summary>Whether cancellation is exact. The in-box channel's is not (dotnet/runtime #132094).</summary>
    protected virtual bool IsExact => true;

    private Channel<int> CreateFull(int capacity)
    {
        Channel<int> channel = Create<int>(capacity);
        for (int i = 0; i < capacity; i++)
        {
            Assert.True(channel.Writer.TryWrite(i));
        }

        return channel;
    }
}
