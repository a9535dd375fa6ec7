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

    [Fact]
    public async Task ReadAllAsync_Completed_YieldsEverythingInOrder()
    {
        Channel<int> channel = CreateFull();
        channel.Writer.Complete();

        Assert.Equal([1, 2], await ReadAll(channel).InTime());
        Assert.True(channel.Reader.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task ReadAllAsync_WriterSlowerThanReader_YieldsEverythingInOrder()
    {
        Channel<int> channel = Create();
        Task<List<int>> all = ReadAll(channel);
        for (int i = 0; i < 100; i++)
        {
            await channel.Writer.WriteAsync(i).InTime();
        }

        channel.Writer.Complete();

        Assert.Equal(Enumerable.Range(0, 100), await all.InTime());
    }

    [Fact]
    public async Task ReadAllAsync_LeftEarly_LeavesTheRest()
    {
        Channel<int> channel = CreateFull();

        await foreach (int item in channel.Reader.ReadAllAsync())
        {
            Assert.Equal(1, item);
            break;
        }

        Assert.Equal(1, channel.Reader.Count);
        Assert.Equal(2, await channel.Reader.ReadAsync().InTime());
    }

    [Fact]
    public async Task ReadAllAsync_CompletedWithError_YieldsWhatIsThereThenThrowsIt()
    {
        Channel<int> channel = CreateFull();
        var error = new FormatException();
        channel.Writer.Complete(error);
        var items = new List<int>();

        Exception thrown = await Assert.ThrowsAsync<FormatException>(() => ReadAll(channel, items).InTime());

        Assert.Same(error, thrown);
        Assert.Equal([1, 2], items);
    }

    private static async Task<List<int>> ReadAll(Channel<int> channel, List<int>? items = null)
    {
        items ??= [];
        await foreach (int item in channel.Reader.ReadAllAsync())
        {
            items.Add(item);
        }

        return items;
    }
}
