using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

public abstract partial class ChannelContractTests
{
    [Fact]
    public async Task WaitToReadAsync_ItemThere_IsTrueAtOnce()
    {
        Channel<int> channel = CreateFull();

        ValueTask<bool> wait = channel.Reader.WaitToReadAsync();

        Assert.True(wait.IsCompletedSuccessfully);
        Assert.True(await wait);
        Assert.Equal(2, channel.Reader.Count);
    }

    [Fact]
    public async Task WaitToReadAsync_ItemThereAndCompleted_IsTrueAtOnce()
    {
        Channel<int> channel = CreateFull();
        channel.Writer.Complete(new FormatException());

        ValueTask<bool> wait = channel.Reader.WaitToReadAsync();

        Assert.True(wait.IsCompletedSuccessfully);
        Assert.True(await wait);
    }

    [Fact]
    public async Task WaitToReadAsync_Empty_WaitsForAWriteAndTakesNothing()
    {
        Channel<int> channel = Create();
        ValueTask<bool> wait = channel.Reader.WaitToReadAsync();
        Assert.False(wait.IsCompleted);

        Assert.True(channel.Writer.TryWrite(5));

        Assert.True(await wait.InTime());
        Assert.Equal(1, channel.Reader.Count);
        Assert.True(channel.Reader.TryRead(out int item));
        Assert.Equal(5, item);
    }

    [Fact]
    public async Task WaitToReadAsync_EmptyAgainAndAgain_WaitsEachTime()
    {
        Channel<int> channel = Create();
        for (int i = 0; i < 100; i++)
        {
            ValueTask<bool> wait = channel.Reader.WaitToReadAsync();
            Assert.False(wait.IsCompleted);
            Assert.True(channel.Writer.TryWrite(i));
            Assert.True(await wait.InTime());
            Assert.True(channel.Reader.TryRead(out int item));
            Assert.Equal(i, item);
        }
    }

    [Fact]
    public async Task WaitToReadAsync_AsTask_WaitsForAWrite()
    {
        Channel<int> channel = Create();
        Task<bool> wait = channel.Reader.WaitToReadAsync().AsTask();
        Assert.False(wait.IsCompleted);

        Assert.True(channel.Writer.TryWrite(5));

        Assert.True(await wait.InTime());
    }

    /// <summary>
    /// Loops that wait for the channel or for a timer take what is there when the timer fires, and leave the wait as it is. Once it
    /// ended with false here, since there was nothing to read any more, and such a loop took that for the end of the stream.
    /// </summary>
    [Fact]
    public async Task WaitToReadAsync_ItemTakenBeforeTheWaitIsLookedAt_DoesNotReportTheEnd()
    {
        Channel<int> channel = Create();
        ValueTask<bool> wait = channel.Reader.WaitToReadAsync();

        Assert.True(channel.Writer.TryWrite(5));
        Assert.True(channel.Reader.TryRead(out _));

        Assert.True(await wait.InTime());
    }

    [Fact]
    public async Task WaitToReadAsync_ItemTakenBeforeTheTaskIsLookedAt_DoesNotReportTheEnd()
    {
        for (int i = 0; i < 1000; i++)
        {
            Channel<int> channel = Create();
            Task<bool> wait = channel.Reader.WaitToReadAsync().AsTask();

            Assert.True(channel.Writer.TryWrite(5));
            Assert.True(channel.Reader.TryRead(out _));

            Assert.True(await wait.InTime());
        }
    }

    [Fact]
    public async Task ReadAsync_ItemThere_ReturnsItAtOnce()
    {
        Channel<int> channel = CreateFull();

        ValueTask<int> read = channel.Reader.ReadAsync();

        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal(1, await read);
        Assert.Equal(1, channel.Reader.Count);
    }

    [Fact]
    public async Task ReadAsync_Empty_ReturnsTheItemThatIsTriedNext()
    {
        Channel<int> channel = Create();
        ValueTask<int> read = channel.Reader.ReadAsync();
        Assert.False(read.IsCompleted);

        Assert.True(channel.Writer.TryWrite(5));

        Assert.Equal(5, await read.InTime());
    }

    [Fact]
    public async Task ReadAsync_Empty_ReturnsTheItemThatIsWrittenNext()
    {
        Channel<int> channel = Create();
        ValueTask<int> read = channel.Reader.ReadAsync();

        ValueTask write = channel.Writer.WriteAsync(5);

        Assert.True(write.IsCompletedSuccessfully);
        await write;
        Assert.Equal(5, await read.InTime());
        Assert.False(channel.Reader.TryRead(out _));
    }

    [Fact]
    public async Task ReadAsync_AsTask_ReturnsTheItem()
    {
        Channel<int> channel = Create();
        Task<int> read = channel.Reader.ReadAsync().AsTask();
        Assert.False(read.IsCompleted);

        Assert.True(channel.Writer.TryWrite(5));

        Assert.Equal(5, await read.InTime());
    }
}
