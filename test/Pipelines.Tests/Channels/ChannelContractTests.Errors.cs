using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

public abstract partial class ChannelContractTests
{
    private readonly FormatException _error = new("the writer's own");

    [Fact]
    public async Task Completion_Error_FaultsWithIt()
    {
        Channel<int> channel = Create();
        Assert.True(channel.Writer.TryComplete(_error));

        Exception thrown = await Assert.ThrowsAsync<FormatException>(() => channel.Reader.Completion.InTime());

        Assert.Same(_error, thrown);
        Assert.Same(_error, Assert.Single(channel.Reader.Completion.Exception!.InnerExceptions));
    }

    [Fact]
    public async Task Completion_ErrorBehindItems_FaultsWithTheLastRead()
    {
        Channel<int> channel = CreateFull();
        channel.Writer.Complete(_error);

        Assert.Equal(1, await channel.Reader.ReadAsync());
        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.Equal(2, await channel.Reader.ReadAsync());

        await Assert.ThrowsAsync<FormatException>(() => channel.Reader.Completion.InTime());
    }

    [Fact]
    public async Task Completion_CancelledError_IsCancelledWithItsToken()
    {
        Channel<int> channel = Create();
        channel.Writer.Complete(new OperationCanceledException(s_cancelled));

        await AssertCancelled(channel.Reader.Completion, s_cancelled);

        Assert.True(channel.Reader.Completion.IsCanceled);
    }

    [Fact]
    public async Task AnyRead_ErrorBefore_Throws()
    {
        Channel<int> channel = Create();
        channel.Writer.Complete(_error);

        ValueTask<bool> wait = channel.Reader.WaitToReadAsync();
        Assert.True(wait.IsFaulted);
        Assert.Same(_error, await Assert.ThrowsAsync<FormatException>(() => wait.AsTask()));
        ValueTask<int> read = channel.Reader.ReadAsync();
        Assert.True(read.IsFaulted);
        await AssertClosedBy(_error, read.AsTask());
        Assert.False(channel.Reader.TryRead(out _));
    }

    [Fact]
    public async Task AnyWrite_ErrorBefore_Throws()
    {
        Channel<int> channel = Create();
        channel.Writer.Complete(_error);

        ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();
        Assert.True(wait.IsFaulted);
        Assert.Same(_error, await Assert.ThrowsAsync<FormatException>(() => wait.AsTask()));
        ValueTask write = channel.Writer.WriteAsync(1);
        Assert.True(write.IsFaulted);
        await AssertClosedBy(_error, write.AsTask());
        Assert.False(channel.Writer.TryWrite(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnyRead_ErrorWhileWaiting_Throws(bool asTask)
    {
        Channel<int> waiting = Create(), reading = Create();
        ValueTask<bool> wait = waiting.Reader.WaitToReadAsync();
        ValueTask<int> read = reading.Reader.ReadAsync();
        Task waitTask = asTask ? wait.AsTask() : wait.InTime();
        Task readTask = asTask ? read.AsTask() : read.InTime();

        waiting.Writer.Complete(_error);
        reading.Writer.Complete(_error);

        Assert.Same(_error, await Assert.ThrowsAsync<FormatException>(() => waitTask.InTime()));
        await AssertClosedBy(_error, readTask);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnyWrite_ErrorWhileWaiting_Throws(bool asTask)
    {
        Channel<int> waiting = CreateFull(), writing = CreateFull();
        ValueTask<bool> wait = waiting.Writer.WaitToWriteAsync();
        ValueTask write = writing.Writer.WriteAsync(3);
        Task waitTask = asTask ? wait.AsTask() : wait.InTime();
        Task writeTask = asTask ? write.AsTask() : write.InTime();

        waiting.Writer.Complete(_error);
        writing.Writer.Complete(_error);

        Assert.Same(_error, await Assert.ThrowsAsync<FormatException>(() => waitTask.InTime()));
        await AssertClosedBy(_error, writeTask);
        Assert.Equal(2, writing.Reader.Count);
    }

    [Fact]
    public async Task AnyCall_CancelledErrorBefore_ThrowsOperationCanceled()
    {
        Channel<int> channel = Create();
        channel.Writer.Complete(new OperationCanceledException(s_cancelled));

        await AssertCancelled(channel.Reader.ReadAsync().AsTask(), s_cancelled);
        await AssertCancelled(channel.Reader.WaitToReadAsync().AsTask(), s_cancelled);
        await AssertCancelled(channel.Writer.WriteAsync(1).AsTask(), s_cancelled);
        await AssertCancelled(channel.Writer.WaitToWriteAsync().AsTask(), s_cancelled);
        Assert.True(channel.Reader.ReadAsync().AsTask().IsCanceled);
    }

    [Fact]
    public async Task AnyCall_CancelledErrorWhileWaiting_IsACancelledTask()
    {
        Channel<int> a = Create(), b = Create(), c = CreateFull(), d = CreateFull();
        Task[] waits =
        [
            a.Reader.WaitToReadAsync().AsTask(),
            b.Reader.ReadAsync().AsTask(),
            c.Writer.WaitToWriteAsync().AsTask(),
            d.Writer.WriteAsync(3).AsTask(),
        ];

        foreach (Channel<int> channel in (Channel<int>[])[a, b, c, d])
        {
            channel.Writer.Complete(new OperationCanceledException(s_cancelled));
        }

        foreach (Task wait in waits)
        {
            await AssertCancelled(wait, s_cancelled);
            Assert.True(wait.IsCanceled);
        }
    }

    private static async Task AssertClosedBy(Exception error, Task task)
    {
        Exception thrown = await Assert.ThrowsAsync<ChannelClosedException>(() => task.InTime());
        Assert.Same(error, thrown.InnerException);
    }
}
