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

    /// <summary>The two sides do not hand single slots to and fro: the writer sleeps on until about half of the capacity is free.</summary>
    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task WaitToWriteAsync_Full_IsWokenBeforeMoreThanHalfIsFree(int capacity)
    {
        for (int shift = 0; shift < capacity; shift++)
        {
            var channel = new RingChannel<int>(capacity);
            Assert.Equal(shift, channel.TryWriteMany(new int[shift]));
            Assert.Equal(shift, channel.TryReadMany(new int[shift]));
            Assert.Equal(capacity, channel.TryWriteMany(new int[capacity]));
            ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();
            Assert.False(wait.IsCompleted);

            // Where in the ring the writer stopped decides when exactly the reader looks.
            int reads = Math.Max(1, capacity / 2 + (capacity / 2 - 1));
            for (int i = 0; i < reads; i++)
            {
                Assert.True(channel.Reader.TryRead(out _));
            }

            Assert.True(await wait.InTime());
        }
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
