using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>The contract, and what is true of <see cref="RingChannel{T}"/> only.</summary>
public sealed partial class RingChannelTests : ChannelContractTests
{
    protected override Channel<T> Create<T>(int capacity) => new RingChannel<T>(capacity);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void New_CapacityBelowOne_Throws(int capacity)
    {
        ArgumentOutOfRangeException thrown = Assert.Throws<ArgumentOutOfRangeException>(() => new RingChannel<int>(capacity));
        Assert.Equal("capacity", thrown.ParamName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public void Capacity_New_IsWhatWasAskedFor(int capacity) => Assert.Equal(capacity, new RingChannel<int>(capacity).Capacity);

    [Fact]
    public async Task AnyRead_AnotherWaits_ThrowsAndLeavesTheFirstAsItIs()
    {
        var channel = new RingChannel<int>(2);
        ValueTask<bool> first = channel.Reader.WaitToReadAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => channel.Reader.WaitToReadAsync().AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => channel.Reader.ReadAsync().AsTask());

        Assert.False(first.IsCompleted);
        Assert.True(channel.Writer.TryWrite(1));
        Assert.True(await first.InTime());
        Assert.True(await channel.Reader.WaitToReadAsync());
    }

    [Fact]
    public async Task AnyWrite_AnotherWaits_ThrowsAndLeavesTheFirstAsItIs()
    {
        var channel = new RingChannel<int>(1);
        Assert.True(channel.Writer.TryWrite(1));
        ValueTask<bool> first = channel.Writer.WaitToWriteAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => channel.Writer.WaitToWriteAsync().AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => channel.Writer.WriteAsync(2).AsTask());

        Assert.False(first.IsCompleted);
        Assert.True(channel.Reader.TryRead(out _));
        Assert.True(await first.InTime());
        Assert.True(await channel.Writer.WaitToWriteAsync());
    }

    [Fact]
    public async Task AnyWait_OnBothSidesInTurn_DoNotDisturbEachOther()
    {
        var channel = new RingChannel<int>(1);
        for (int i = 0; i < 100; i++)
        {
            ValueTask<bool> read = channel.Reader.WaitToReadAsync();
            Assert.True(channel.Writer.TryWrite(i));
            ValueTask write = channel.Writer.WriteAsync(-i);
            Assert.True(await read.InTime());
            Assert.True(channel.Reader.TryRead(out int first));
            await write.InTime();
            Assert.True(channel.Reader.TryRead(out int second));
            Assert.Equal((i, -i), (first, second));
        }
    }

    // Once it stayed pending until about half of the channel was free: a reader that then waited for what only that writer would do waited for ever.
    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task AnyWrite_Full_EndsWithTheFirstRead(int capacity)
    {
        for (int shift = 0; shift <= capacity; shift++)
        {
            var channel = new RingChannel<int>(capacity);
            Assert.Equal(shift, channel.TryWriteMany(new int[shift]));
            Assert.Equal(shift, channel.TryReadMany(new int[shift]));
            Assert.Equal(capacity, channel.TryWriteMany(new int[capacity]));
            ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();
            Assert.False(wait.IsCompleted);
            Assert.True(channel.Reader.TryRead(out _));
            Assert.True(wait.IsCompletedSuccessfully);
            Assert.True(await wait);
            Assert.True(channel.Writer.TryWrite(1));

            ValueTask write = channel.Writer.WriteAsync(2);
            Assert.False(write.IsCompleted);
            Assert.Equal(1, channel.TryReadMany(new int[1]));
            Assert.True(write.IsCompletedSuccessfully);
            await write;
            Assert.Equal(capacity, channel.Reader.Count);
        }
    }

    /// <summary>The reader looks for a sleeping writer at each read only while there is one now and then; whenever it has gone back to looking seldom, the next
    /// one is woken all the same.</summary>
    [Fact]
    public async Task WriteAsync_ReaderAloneForLongInBetween_EndsWithTheFirstRead()
    {
        var channel = new RingChannel<int>(8);
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 1000; i++)
            {
                Assert.True(channel.Writer.TryWrite(i));
                Assert.True(channel.Reader.TryRead(out _));
            }

            Assert.Equal(8, channel.TryWriteMany(new int[8]));
            ValueTask write = channel.Writer.WriteAsync(8);
            Assert.True(channel.Reader.TryRead(out _));
            Assert.True(write.IsCompletedSuccessfully);
            await write;
            Assert.Equal(8, channel.TryReadMany(new int[9]));
        }
    }

    /// <summary>
    /// Each reads one item when the other has written one, and then waits for the other: whichever look comes too early, nobody else would wake the writer.
    /// Some thousand free reads in between let the reader go back to looking seldom.
    /// </summary>
    [Fact]
    public async Task WriteAsync_ReaderReadsOneItemAndWaitsForTheWriter_DoesNotHang()
    {
        const int Rounds = 2_000;
        var channel = new RingChannel<int>(4);
        using var answered = new SemaphoreSlim(0);
        Task writer = Task.Run(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                for (int i = 0; i < 5; i++)
                {
                    await channel.Writer.WriteAsync(i);
                }

                answered.Release();
            }
        });
        Task reader = Task.Run(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                await channel.Reader.ReadAsync(); // the only one before the writer's answer
                await answered.WaitAsync();
                for (int i = 0; i < 4; i++)
                {
                    Assert.True(channel.Reader.TryRead(out _));
                }
            }
        });

        await Task.WhenAll(writer, reader).InTime();
    }

    [Fact]
    public async Task TryRead_AReadIsPending_LeavesTheItemToIt()
    {
        var channel = new RingChannel<int>(4);
        ValueTask<int> read = channel.Reader.ReadAsync();
        Assert.False(channel.Reader.TryRead(out _));
        Assert.Equal(0, channel.TryReadMany(new int[1]));

        Assert.Equal(2, channel.TryWriteMany([1, 2]));

        Assert.Equal(1, await read.InTime());
        Assert.True(channel.Reader.TryRead(out int next));
        Assert.Equal(2, next);
    }

    [Fact]
    public async Task TryWrite_AWriteIsPending_DoesNotOvertake()
    {
        var channel = new RingChannel<int>(1);
        Assert.True(channel.Writer.TryWrite(1));
        ValueTask write = channel.Writer.WriteAsync(2);
        Assert.False(channel.Writer.TryWrite(3));
        Assert.Equal(0, channel.TryWriteMany([3]));

        await Assert.ThrowsAsync<InvalidOperationException>(() => channel.Writer.WriteAsync(3).AsTask());

        Assert.True(channel.Reader.TryRead(out _));
        await write.InTime();
        Assert.True(channel.Reader.TryRead(out int second));
        Assert.Equal(2, second);
    }

    /// <summary>
    /// The reader publishes a read without a fence and then looks for the end; the writer publishes the end and then looks for the
    /// read. Both may look too early unless the writer's side fences for both, and then nobody finishes Completion.
    /// </summary>
    [Fact]
    public async Task TryComplete_WhileTheLastItemIsRead_FinishesCompletion()
    {
        const int Rounds = 2_000;
        RingChannel<int>[] channels = [.. Enumerable.Range(0, Rounds).Select(_ => new RingChannel<int>(1))];
        Assert.All(channels, channel => Assert.True(channel.Writer.TryWrite(1)));
        int ready = 0;
        Task reader = Task.Run(() => Meet(channel => channel.Reader.TryRead(out _)));
        Task writer = Task.Run(() => Meet(channel => channel.Writer.TryComplete()));

        await Task.WhenAll(reader, writer).InTime();

        await Task.WhenAll(channels.Select(channel => channel.Reader.Completion)).InTime();

        void Meet(Action<RingChannel<int>> act)
        {
            for (int round = 0; round < Rounds; round++)
            {
                RingChannel<int> channel = channels[round];
                Interlocked.Increment(ref ready);
                var spin = default(SpinWait);
                while (Volatile.Read(ref ready) < 2 * (round + 1))
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                act(channel);
            }
        }
    }
}
