using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>What a bounded channel promises to one writer and one reader. Ours and the in-box one both pass, so the promises are the same.</summary>
public abstract partial class ChannelContractTests
{
    protected abstract Channel<T> Create<T>(int capacity);

    [Fact]
    public void TryWrite_UntilFull_TakesExactlyTheCapacity()
    {
        foreach (int capacity in (int[])[1, 2, 3, 4, 5, 7, 8, 16, 17, 100, 256])
        {
            Channel<int> channel = Create<int>(capacity);
            Assert.All(Enumerable.Range(0, capacity), i => Assert.True(channel.Writer.TryWrite(i)));
            Assert.False(channel.Writer.TryWrite(-1));
            Assert.Equal(capacity, channel.Reader.Count);
            Assert.All(Enumerable.Range(0, capacity), i => Assert.Equal(i, Read(channel)));
            Assert.False(channel.Reader.TryRead(out _));
            Assert.Equal(0, channel.Reader.Count);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(17)]
    [InlineData(256)]
    public async Task ReadAllAsync_ManyItems_YieldsThemInOrder(int capacity)
    {
        const int Items = 10_000;
        Channel<int> channel = Create<int>(capacity);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Items; i++)
            {
                await channel.Writer.WriteAsync(i);
            }

            channel.Writer.Complete();
        });

        int next = 0;
        await foreach (int item in channel.Reader.ReadAllAsync())
        {
            Assert.Equal(next++, item);
        }

        await writing;
        Assert.Equal(Items, next);
        await channel.Reader.Completion;
    }

    [Fact]
    public void TryPeek_LeavesTheItem()
    {
        Channel<string> channel = Create<string>(2);
        Assert.False(channel.Reader.TryPeek(out _));
        channel.Writer.TryWrite("a");
        channel.Writer.TryWrite("b");

        Assert.True(channel.Reader.CanPeek && channel.Reader.CanCount);
        Assert.True(channel.Reader.TryPeek(out string? first));
        Assert.True(channel.Reader.TryPeek(out string? again));
        Assert.Equal(("a", "a", 2), (first, again, channel.Reader.Count));
        Assert.Equal("a", Read(channel));
    }

    [Fact]
    public async Task WaitToReadAsync_Waiting_IsWokenByAWrite()
    {
        Channel<int> channel = Create<int>(2);
        Task<bool> waiting = channel.Reader.WaitToReadAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        channel.Writer.TryWrite(1);
        Assert.True(await waiting);
        Assert.Equal(1, await channel.Reader.ReadAsync());
    }

    [Fact]
    public async Task ReadAsync_Waiting_GetsTheItem()
    {
        Channel<int> channel = Create<int>(2);
        ValueTask<int> reading = channel.Reader.ReadAsync();
        Assert.False(reading.IsCompleted);
        await channel.Writer.WriteAsync(7);
        Assert.Equal(7, await reading);
        Assert.Equal(0, channel.Reader.Count);
    }

    [Fact]
    public async Task WriteAsync_Waiting_DeliversWhenThereIsRoom()
    {
        Channel<int> channel = Create<int>(1);
        await channel.Writer.WriteAsync(1);
        ValueTask writing = channel.Writer.WriteAsync(2);
        Assert.False(writing.IsCompleted);
        Assert.Equal(1, Read(channel));
        await writing;
        Assert.Equal(2, Read(channel));
    }

    [Fact]
    public async Task WaitToWriteAsync_Waiting_IsWokenByReads()
    {
        Channel<int> channel = Create<int>(4);
        Assert.All(Enumerable.Range(0, 4), i => channel.Writer.TryWrite(i));
        Task<bool> waiting = channel.Writer.WaitToWriteAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(i, Read(channel)));
        Assert.True(await waiting);
        Assert.True(channel.Writer.TryWrite(5));
    }

    [Fact]
    public async Task Continuation_OfAWait_DoesNotRunInsideTheOtherSide()
    {
        Channel<int> channel = Create<int>(1);
        var gate = new TaskCompletionSource();
        Task reading = ReadAsync();
        Assert.True(channel.Writer.TryWrite(1)); // would never return if the reader's code ran in here
        gate.SetResult();
        await reading;

        async Task ReadAsync()
        {
            await channel.Reader.WaitToReadAsync().ConfigureAwait(false);
            gate.Task.Wait(TimeSpan.FromSeconds(60));
        }
    }

    protected static int Read(Channel<int> channel)
    {
        Assert.True(channel.Reader.TryRead(out int item));
        return item;
    }

    private static string Read(Channel<string> channel)
    {
        Assert.True(channel.Reader.TryRead(out string? item));
        return item;
    }
}
