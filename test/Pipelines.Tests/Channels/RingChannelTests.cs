using Pipelines.Channels;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

public sealed class RingChannelTests : ChannelContractTests
{
    protected override Channel<T> Create<T>(int capacity) => new RingChannel<T>(capacity);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Constructor_CapacityBelowOne_Throws(int capacity) =>
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => new RingChannel<int>(capacity)).ParamName);

    [Fact]
    public void TryWriteMany_MoreThanFits_WritesWhatFits()
    {
        foreach (int capacity in (int[])[1, 3, 16, 17, 100])
        {
            var channel = new RingChannel<int>(capacity);
            int written = 0;
            int read = 0;
            int[] items = new int[capacity + 5];
            for (int round = 0; round < 50; round++)
            {
                for (int i = 0; i < items.Length; i++)
                {
                    items[i] = written + i;
                }

                int room = capacity - (written - read);
                Assert.Equal(room, channel.TryWriteMany(items));
                written += room;
                Assert.Equal(0, channel.TryWriteMany(items));

                int count = channel.TryReadMany(items.AsSpan(0, (capacity / 2) + 1));
                Assert.Equal(Math.Min(capacity, (capacity / 2) + 1), count);
                Assert.Equal(Enumerable.Range(read, count), items[..count]);
                read += count;
            }
        }
    }

    [Fact]
    public void ManyAtOnce_NothingToMove_MovesNothing()
    {
        var channel = new RingChannel<int>(4);
        Assert.Equal(0, channel.TryReadMany(new int[4]));
        Assert.Equal(0, channel.TryWriteMany([]));
        Assert.Equal(2, channel.TryWriteMany([1, 2]));
        Assert.Equal(0, channel.TryReadMany([]));
        channel.Writer.Complete();
        Assert.Equal(0, channel.TryWriteMany([3]));
        Assert.Equal(2, channel.TryReadMany(new int[9]));
        Assert.True(channel.Reader.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Wait_ASecondOnTheSameSide_Throws()
    {
        var channel = new RingChannel<int>(1);
        ValueTask<bool> waiting = channel.Reader.WaitToReadAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await channel.Reader.WaitToReadAsync());
        channel.Writer.TryWrite(1);
        Assert.True(await waiting);
    }

    [Fact]
    public void TryRead_Item_IsNotKept()
    {
        var channel = new RingChannel<object>(16);
        WeakReference item = WriteAndRead();
        GC.Collect();
        Assert.False(item.IsAlive);
        GC.KeepAlive(channel);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference WriteAndRead()
        {
            object written = new();
            channel.Writer.TryWrite(written);
            channel.Reader.TryRead(out _);
            return new WeakReference(written);
        }
    }
}
