using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

public abstract partial class ChannelContractTests
{
    private static readonly CancellationToken s_cancelled = new(canceled: true);

    [Fact]
    public async Task WaitToReadAsync_CancelledBefore_IsCancelledThoughAnItemIsThere()
    {
        ValueTask<bool> wait = CreateFull().Reader.WaitToReadAsync(s_cancelled);

        Assert.True(wait.IsCanceled);
        await AssertCancelled(wait.AsTask(), s_cancelled);
    }

    [Fact]
    public async Task ReadAsync_CancelledBefore_TakesNothing()
    {
        Channel<int> channel = CreateFull();

        ValueTask<int> read = channel.Reader.ReadAsync(s_cancelled);

        Assert.True(read.IsCanceled);
        await AssertCancelled(read.AsTask(), s_cancelled);
        Assert.Equal(2, channel.Reader.Count);
    }

    [Fact]
    public async Task WaitToWriteAsync_CancelledBefore_IsCancelledThoughThereIsRoom()
    {
        ValueTask<bool> wait = Create().Writer.WaitToWriteAsync(s_cancelled);

        Assert.True(wait.IsCanceled);
        await AssertCancelled(wait.AsTask(), s_cancelled);
    }

    [Fact]
    public async Task WriteAsync_CancelledBefore_WritesNothing()
    {
        Channel<int> channel = Create();

        ValueTask write = channel.Writer.WriteAsync(1, s_cancelled);

        Assert.True(write.IsCanceled);
        await AssertCancelled(write.AsTask(), s_cancelled);
        Assert.Equal(0, channel.Reader.Count);
    }

    [Fact]
    public async Task AnyCall_CancelledBeforeAndCompleted_IsCancelled()
    {
        Channel<int> channel = Create();
        channel.Writer.Complete();

        await AssertCancelled(channel.Reader.WaitToReadAsync(s_cancelled).AsTask(), s_cancelled);
        await AssertCancelled(channel.Reader.ReadAsync(s_cancelled).AsTask(), s_cancelled);
        await AssertCancelled(channel.Writer.WaitToWriteAsync(s_cancelled).AsTask(), s_cancelled);
        await AssertCancelled(channel.Writer.WriteAsync(1, s_cancelled).AsTask(), s_cancelled);
    }

    [Fact]
    public async Task WaitToReadAsync_CancelledWhileWaiting_ThrowsWithTheToken()
    {
        Channel<int> channel = Create();
        using var source = new CancellationTokenSource();
        Task wait = channel.Reader.WaitToReadAsync(source.Token).InTime();
        Assert.False(wait.IsCompleted);

        await source.CancelAsync();

        await AssertCancelled(wait, source.Token);
    }

    [Fact]
    public async Task ReadAsync_CancelledWhileWaiting_ThrowsWithTheTokenAndTakesNothing()
    {
        Channel<int> channel = Create();
        using var source = new CancellationTokenSource();
        Task read = channel.Reader.ReadAsync(source.Token).InTime();
        Assert.False(read.IsCompleted);

        await source.CancelAsync();

        await AssertCancelled(read, source.Token);
        Assert.True(channel.Writer.TryWrite(5));
        Assert.Equal(5, await channel.Reader.ReadAsync());
    }

    [Fact]
    public async Task WaitToWriteAsync_CancelledWhileWaiting_ThrowsWithTheToken()
    {
        Channel<int> channel = CreateFull();
        using var source = new CancellationTokenSource();
        Task wait = channel.Writer.WaitToWriteAsync(source.Token).InTime();
        Assert.False(wait.IsCompleted);

        await source.CancelAsync();

        await AssertCancelled(wait, source.Token);
    }

    [Fact]
    public async Task WriteAsync_CancelledWhileWaiting_ThrowsWithTheTokenAndWritesNothing()
    {
        Channel<int> channel = CreateFull();
        using var source = new CancellationTokenSource();
        Task write = channel.Writer.WriteAsync(3, source.Token).InTime();
        Assert.False(write.IsCompleted);

        await source.CancelAsync();

        await AssertCancelled(write, source.Token);
        channel.Writer.Complete();
        Assert.Equal([1, 2], await ReadAll(channel).InTime());
    }

    [Fact]
    public async Task AnyWait_CancelledAsTask_IsACancelledTask()
    {
        using var source = new CancellationTokenSource();
        Task[] waits =
        [
            Create().Reader.WaitToReadAsync(source.Token).AsTask(),
            Create().Reader.ReadAsync(source.Token).AsTask(),
            CreateFull().Writer.WaitToWriteAsync(source.Token).AsTask(),
            CreateFull().Writer.WriteAsync(3, source.Token).AsTask(),
        ];

        await source.CancelAsync();

        foreach (Task wait in waits)
        {
            await AssertCancelled(wait, source.Token);
            Assert.True(wait.IsCanceled);
        }
    }

    [Fact]
    public async Task ReadAllAsync_CancelledWhileWaiting_Throws()
    {
        Channel<int> channel = Create();
        using var source = new CancellationTokenSource();
        await using IAsyncEnumerator<int> items = channel.Reader.ReadAllAsync(source.Token).GetAsyncEnumerator(CancellationToken.None);
        Task next = items.MoveNextAsync().AsTask();

        await source.CancelAsync();

        await AssertCancelled(next, source.Token);
    }

    [Fact]
    public async Task AnyWait_OneCancelled_TheNextWaitIsWoken()
    {
        Channel<int> channel = Create();
        for (int i = 0; i < 100; i++)
        {
            using var source = new CancellationTokenSource();
            Task cancelled = channel.Reader.ReadAsync(source.Token).InTime();
            await source.CancelAsync();
            await AssertCancelled(cancelled, source.Token);

            Task<int> read = channel.Reader.ReadAsync().InTime();
            Assert.True(channel.Writer.TryWrite(i));
            Assert.Equal(i, await read);
        }
    }

    [Fact]
    public async Task AnyWait_TokenOfAnEarlierWaitCancelled_GoesOn()
    {
        Channel<int> channel = Create();
        using var earlier = new CancellationTokenSource();
        using var current = new CancellationTokenSource();
        Task<int> first = channel.Reader.ReadAsync(earlier.Token).InTime();
        Assert.True(channel.Writer.TryWrite(1));
        Assert.Equal(1, await first);
        ValueTask<int> second = channel.Reader.ReadAsync(current.Token);

        await earlier.CancelAsync();

        Assert.False(second.IsCompleted);
        Assert.True(channel.Writer.TryWrite(2));
        Assert.Equal(2, await second.InTime());
    }

    private static async Task AssertCancelled(Task task, CancellationToken token)
    {
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.InTime());
        Assert.Equal(token, thrown.CancellationToken);
    }
}
