using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

public abstract partial class ChannelContractTests
{
    [Fact]
    public async Task TryComplete_Empty_CompletionSucceeds()
    {
        Channel<int> channel = Create();
        Assert.False(channel.Reader.Completion.IsCompleted);

        Assert.True(channel.Writer.TryComplete());

        await channel.Reader.Completion.InTime();
    }

    [Fact]
    public async Task Complete_ItemsThere_CompletionWaitsForTheLastTryRead()
    {
        Channel<int> channel = CreateFull();
        channel.Writer.Complete();

        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.True(channel.Reader.TryRead(out _));
        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.True(channel.Reader.TryRead(out _));

        await channel.Reader.Completion.InTime();
    }

    [Fact]
    public async Task Complete_ItemsThere_CompletionWaitsForTheLastReadAsync()
    {
        Channel<int> channel = CreateFull();
        channel.Writer.Complete();

        Assert.Equal(1, await channel.Reader.ReadAsync());
        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.Equal(2, await channel.Reader.ReadAsync());

        await channel.Reader.Completion.InTime();
    }

    /// <summary>Cancelling a read of a completed channel once left the runtime's Completion unfinished for ever (corefx #32215).</summary>
    [Fact]
    public async Task Complete_ItemsThereAndAReadCancelled_CompletionFinishes()
    {
        Channel<int> channel = CreateFull();
        channel.Writer.Complete();

        await AssertCancelled(channel.Reader.ReadAsync(s_cancelled).AsTask(), s_cancelled);
        Assert.Equal([1, 2], await ReadAll(channel).InTime());

        await channel.Reader.Completion.InTime();
    }

    [Fact]
    public void TryComplete_Twice_ReturnsFalse()
    {
        Channel<int> channel = Create();

        Assert.True(channel.Writer.TryComplete());
        Assert.False(channel.Writer.TryComplete());
        Assert.False(channel.Writer.TryComplete(new FormatException()));
        Assert.True(channel.Reader.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public void Complete_Twice_ThrowsChannelClosed()
    {
        Channel<int> channel = CreateFull();
        channel.Writer.Complete();

        Assert.Throws<ChannelClosedException>(() => channel.Writer.Complete());
    }

    [Fact]
    public async Task AnyWrite_Completed_IsRefused()
    {
        Channel<int> channel = Create();
        Assert.True(channel.Writer.TryWrite(1));
        channel.Writer.Complete();

        Assert.False(channel.Writer.TryWrite(2));
        ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.False(await wait);
        ValueTask write = channel.Writer.WriteAsync(2);
        Assert.True(write.IsFaulted);
        Exception thrown = await Assert.ThrowsAsync<ChannelClosedException>(() => write.AsTask());
        Assert.Null(thrown.InnerException);
        Assert.Equal([1], await ReadAll(channel).InTime());
    }

    [Fact]
    public async Task AnyRead_CompletedAndRead_IsRefused()
    {
        Channel<int> channel = Create();
        channel.Writer.Complete();

        Assert.False(channel.Reader.TryRead(out _));
        Assert.False(channel.Reader.TryPeek(out _));
        ValueTask<bool> wait = channel.Reader.WaitToReadAsync();
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.False(await wait);
        ValueTask<int> read = channel.Reader.ReadAsync();
        Assert.True(read.IsFaulted);
        Exception thrown = await Assert.ThrowsAsync<ChannelClosedException>(() => read.AsTask());
        Assert.Null(thrown.InnerException);
    }

    [Fact]
    public async Task Complete_ReaderWaits_TheWaitIsFalse()
    {
        Channel<int> channel = Create();
        ValueTask<bool> wait = channel.Reader.WaitToReadAsync();

        channel.Writer.Complete();

        Assert.False(await wait.InTime());
        await channel.Reader.Completion.InTime();
    }

    [Fact]
    public async Task Complete_ReaderReads_TheReadThrowsChannelClosed()
    {
        Channel<int> channel = Create();
        ValueTask<int> read = channel.Reader.ReadAsync();

        channel.Writer.Complete();

        Exception thrown = await Assert.ThrowsAsync<ChannelClosedException>(() => read.InTime());
        Assert.Null(thrown.InnerException);
    }

    [Fact]
    public async Task Complete_WriterWaits_TheWaitIsFalse()
    {
        Channel<int> channel = CreateFull();
        ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();

        channel.Writer.Complete();

        Assert.False(await wait.InTime());
        Assert.False(channel.Reader.Completion.IsCompleted);
    }

    [Fact]
    public async Task Complete_WriterWrites_TheWriteThrowsChannelClosedAndDeliversNothing()
    {
        Channel<int> channel = CreateFull();
        ValueTask write = channel.Writer.WriteAsync(3);

        channel.Writer.Complete();

        Exception thrown = await Assert.ThrowsAsync<ChannelClosedException>(() => write.InTime());
        Assert.Null(thrown.InnerException);
        Assert.Equal([1, 2], await ReadAll(channel).InTime());
    }

    [Fact]
    public async Task Complete_ReaderWaitsAsTask_TheTaskIsFalse()
    {
        Channel<int> channel = Create();
        Task<bool> wait = channel.Reader.WaitToReadAsync().AsTask();

        channel.Writer.Complete();

        Assert.False(await wait.InTime());
    }
}
