using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

public abstract partial class ChannelContractTests
{
    [Fact]
    public async Task WaitToWriteAsync_RoomThere_IsTrueAtOnce()
    {
        ValueTask<bool> wait = Create().Writer.WaitToWriteAsync();

        Assert.True(wait.IsCompletedSuccessfully);
        Assert.True(await wait);
    }

    [Fact]
    public async Task WaitToWriteAsync_Full_WaitsForARead()
    {
        Channel<int> channel = CreateFull();
        ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();
        Assert.False(wait.IsCompleted);

        Assert.True(channel.Reader.TryRead(out _));

        Assert.True(await wait.InTime());
        Assert.True(channel.Writer.TryWrite(3));
    }

    [Fact]
    public async Task WaitToWriteAsync_FullAgainAndAgain_WaitsEachTime()
    {
        Channel<int> channel = CreateFull();
        for (int i = 3; i < 100; i++)
        {
            ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();
            Assert.False(wait.IsCompleted);
            Assert.True(channel.Reader.TryRead(out int item));
            Assert.Equal(i - 2, item);
            Assert.True(await wait.InTime());
            Assert.True(channel.Writer.TryWrite(i));
        }
    }

    [Fact]
    public async Task WaitToWriteAsync_AsTask_WaitsForARead()
    {
        Channel<int> channel = CreateFull();
        Task<bool> wait = channel.Writer.WaitToWriteAsync().AsTask();
        Assert.False(wait.IsCompleted);

        Assert.True(channel.Reader.TryRead(out _));

        Assert.True(await wait.InTime());
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task WaitToWriteAsync_FullThenAllRead_IsTrue(int capacity)
    {
        Channel<int> channel = Create<int>(capacity);
        for (int round = 0; round < 3; round++)
        {
            while (channel.Writer.TryWrite(round))
            {
            }

            ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();
            Assert.False(wait.IsCompleted);
            while (channel.Reader.TryRead(out _))
            {
            }

            Assert.True(await wait.InTime());
            Assert.True(channel.Writer.TryWrite(round)); // shifts where the next round starts
        }
    }

    [Fact]
    public async Task WaitToWriteAsync_RoomTakenBeforeTheWaitIsLookedAt_DoesNotReportTheEnd()
    {
        Channel<int> channel = CreateFull();
        ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();

        Assert.True(channel.Reader.TryRead(out _));
        Assert.True(channel.Writer.TryWrite(3));

        Assert.True(await wait.InTime());
    }

    [Fact]
    public async Task WriteAsync_RoomThere_WritesAtOnce()
    {
        Channel<int> channel = Create();

        ValueTask write = channel.Writer.WriteAsync(5);

        Assert.True(write.IsCompletedSuccessfully);
        await write;
        Assert.Equal(1, channel.Reader.Count);
    }

    [Fact]
    public async Task WriteAsync_Full_WaitsForARead()
    {
        Channel<int> channel = CreateFull();
        ValueTask write = channel.Writer.WriteAsync(3);
        Assert.False(write.IsCompleted);

        Assert.Equal(1, await channel.Reader.ReadAsync());

        await write.InTime();
        Assert.Equal(2, channel.Reader.Count);
        Assert.Equal(2, await channel.Reader.ReadAsync());
        Assert.Equal(3, await channel.Reader.ReadAsync());
    }

    [Fact]
    public async Task WriteAsync_AsTask_WaitsForARead()
    {
        Channel<int> channel = CreateFull();
        Task write = channel.Writer.WriteAsync(3).AsTask();
        Assert.False(write.IsCompleted);

        Assert.True(channel.Reader.TryRead(out _));

        await write.InTime();
        Assert.Equal(2, channel.Reader.Count);
    }

    [Fact]
    public async Task WriteAsync_ReaderWaits_WakesIt()
    {
        Channel<int> channel = Create();
        ValueTask<bool> wait = channel.Reader.WaitToReadAsync();

        await channel.Writer.WriteAsync(5);

        Assert.True(await wait.InTime());
    }
}
