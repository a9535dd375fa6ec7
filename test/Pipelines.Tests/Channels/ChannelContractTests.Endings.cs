using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

// How a channel ends.
public abstract partial class ChannelContractTests
{
    [Fact]
    public async Task TryComplete_WithItemsLeft_EndsBehindTheLast()
    {
        Channel<int> channel = Create<int>(4);
        channel.Writer.TryWrite(1);
        Assert.True(channel.Writer.TryComplete());
        Assert.False(channel.Writer.TryComplete());
        Assert.Throws<ChannelClosedException>(() => channel.Writer.Complete());
        Assert.False(channel.Writer.TryWrite(2));
        Assert.False(await channel.Writer.WaitToWriteAsync());
        Assert.False(channel.Reader.Completion.IsCompleted);

        Assert.True(await channel.Reader.WaitToReadAsync());
        Assert.Equal(1, Read(channel));
        await channel.Reader.Completion.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(await channel.Reader.WaitToReadAsync());
        Assert.Null((await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Reader.ReadAsync())).InnerException);
        Assert.Null((await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Writer.WriteAsync(3))).InnerException);
    }

    [Fact]
    public async Task TryComplete_WithAnError_ShowsItBehindTheLastItem()
    {
        Channel<int> channel = Create<int>(4);
        var error = new InvalidDataException();
        channel.Writer.TryWrite(1);
        channel.Writer.TryComplete(error);

        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(async () => await channel.Writer.WaitToWriteAsync()));
        Assert.Same(error, (await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Writer.WriteAsync(3))).InnerException);
        Assert.True(await channel.Reader.WaitToReadAsync());
        Assert.Equal(1, await channel.Reader.ReadAsync());
        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(async () => await channel.Reader.WaitToReadAsync()));
        Assert.Same(error, (await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Reader.ReadAsync())).InnerException);
        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => channel.Reader.Completion));
    }

    [Fact]
    public async Task TryComplete_WithACancellation_CancelsCompletion()
    {
        Channel<int> channel = Create<int>(4);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        channel.Writer.TryComplete(new OperationCanceledException(source.Token));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => channel.Reader.Completion);
        Assert.True(channel.Reader.Completion.IsCanceled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.Reader.ReadAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.Writer.WriteAsync(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TryComplete_WhileAReaderWaits_WakesIt(bool withError)
    {
        Exception? error = withError ? new InvalidDataException() : null;
        Channel<int> first = Create<int>(1);
        Task<bool> waiting = first.Reader.WaitToReadAsync().AsTask();
        first.Writer.TryComplete(error);
        Channel<int> second = Create<int>(1);
        Task<int> reading = second.Reader.ReadAsync().AsTask();
        second.Writer.TryComplete(error);

        Assert.Same(error, (await Assert.ThrowsAsync<ChannelClosedException>(() => reading)).InnerException);
        if (withError)
        {
            Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => waiting));
        }
        else
        {
            Assert.False(await waiting);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TryComplete_WhileAWriterWaits_WakesIt(bool withError)
    {
        Exception? error = withError ? new InvalidDataException() : null;
        Channel<int> first = Create<int>(1);
        first.Writer.TryWrite(1);
        Task<bool> waiting = first.Writer.WaitToWriteAsync().AsTask();
        first.Writer.TryComplete(error);
        Channel<int> second = Create<int>(1);
        second.Writer.TryWrite(1);
        Task writing = second.Writer.WriteAsync(2).AsTask();
        second.Writer.TryComplete(error);

        Assert.Same(error, (await Assert.ThrowsAsync<ChannelClosedException>(() => writing)).InnerException);
        Assert.Equal(1, Read(second));
        Assert.False(second.Reader.TryRead(out _));
        if (withError)
        {
            Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => waiting));
        }
        else
        {
            Assert.False(await waiting);
        }
    }

    [Fact]
    public async Task Wait_WithACancelledToken_IsCancelledWhateverIsThere()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        Channel<int> channel = Create<int>(2);
        channel.Writer.TryWrite(1);

        await AssertCancelledAsync(channel.Reader.ReadAsync(source.Token).AsTask(), source.Token);
        await AssertCancelledAsync(channel.Reader.WaitToReadAsync(source.Token).AsTask(), source.Token);
        await AssertCancelledAsync(channel.Writer.WriteAsync(2, source.Token).AsTask(), source.Token);
        await AssertCancelledAsync(channel.Writer.WaitToWriteAsync(source.Token).AsTask(), source.Token);
        Assert.Equal(1, channel.Reader.Count);
    }

    [Fact]
    public async Task Wait_CancelledWhileWaiting_TakesAndDeliversNothing()
    {
        using var source = new CancellationTokenSource();
        Channel<int> empty = Create<int>(1);
        Task<int> reading = empty.Reader.ReadAsync(source.Token).AsTask();
        Channel<int> full = Create<int>(1);
        full.Writer.TryWrite(1);
        Task writing = full.Writer.WriteAsync(2, source.Token).AsTask();
        await source.CancelAsync();

        await AssertCancelledAsync(reading, source.Token);
        await AssertCancelledAsync(writing, source.Token);
        empty.Writer.TryWrite(5);
        Assert.Equal(5, await empty.Reader.ReadAsync());
        Assert.Equal(1, Read(full));
        Assert.False(full.Reader.TryRead(out _));
        await full.Writer.WriteAsync(3);
        Assert.Equal(3, Read(full));
    }

    private static async Task AssertCancelledAsync(Task task, CancellationToken token) =>
        Assert.Equal(token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task)).CancellationToken);
}
