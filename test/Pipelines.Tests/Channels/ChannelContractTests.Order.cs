using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

public abstract partial class ChannelContractTests
{
    /// <summary>Fills and empties by every number of items in turn, so that runs begin and end at every slot.</summary>
    [Theory]
    [MemberData(nameof(Capacities))]
    public void TryRead_EveryFillLevel_KeepsTheOrder(int capacity)
    {
        Channel<int> channel = Create<int>(capacity);
        int written = 0, read = 0;
        for (int i = 0; i < 1000; i++)
        {
            for (int count = i % (capacity + 1); count > 0 && channel.Writer.TryWrite(written); count--)
            {
                written++;
            }

            for (int count = (i * 7 + 3) % (capacity + 1); count > 0 && channel.Reader.TryRead(out int item); count--)
            {
                Assert.Equal(read++, item);
            }

            Assert.Equal(written - read, channel.Reader.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task ReadAsync_WriterAlongside_KeepsTheOrder(int capacity)
    {
        const int Items = 10_000;
        Channel<int> channel = Create<int>(capacity);
        Task writer = Task.Run(async () =>
        {
            for (int i = 0; i < Items; i++)
            {
                await channel.Writer.WriteAsync(i);
            }
        });
        Task reader = Task.Run(async () =>
        {
            for (int i = 0; i < Items; i++)
            {
                Assert.Equal(i, await channel.Reader.ReadAsync());
            }
        });

        await Task.WhenAll(writer, reader).InTime();
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task WaitToReadAsync_WriterAlongside_KeepsTheOrder(int capacity)
    {
        const int Items = 20_000;
        Channel<int> channel = Create<int>(capacity);
        Task writer = Task.Run(async () =>
        {
            int next = 0;
            while (next < Items && await channel.Writer.WaitToWriteAsync())
            {
                while (next < Items && channel.Writer.TryWrite(next))
                {
                    next++;
                }
            }

            channel.Writer.Complete();
        });
        Task<List<int>> reader = Task.Run(() => ReadAll(channel));

        await Task.WhenAll(writer, reader, channel.Reader.Completion).InTime();

        Assert.Equal(Enumerable.Range(0, Items), await reader);
    }

    [Fact]
    public void TryRead_ReferenceRead_ChannelLetsGoOfIt()
    {
        Channel<object> channel = Create<object>(4);
        WeakReference item = WriteAndRead(channel);

        GC.Collect();

        Assert.False(item.IsAlive);
        GC.KeepAlive(channel);
    }

    [Fact]
    public void TryWrite_ReferenceRefusedByTheEnd_ChannelDoesNotKeepIt()
    {
        Channel<object> channel = Create<object>(4);
        channel.Writer.Complete();
        WeakReference item = WriteInVain(channel);

        GC.Collect();

        Assert.False(item.IsAlive);
        GC.KeepAlive(channel);
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(int.MaxValue - 1)]
    [InlineData(int.MaxValue)]
    public void New_HugeCapacity_CostsLittle(int capacity)
    {
        Create<long>(capacity).Writer.TryWrite(1); // what is made once a process is not the channel's

        long before = GC.GetAllocatedBytesForCurrentThread();
        Channel<long> channel = Create<long>(capacity);
        Assert.True(channel.Writer.TryWrite(1));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 4096);
        Assert.Equal(1, channel.Reader.Count);
    }

    // Locals of a method of their own: in the test's own frame they could live to its end.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference WriteAndRead(Channel<object> channel)
    {
        var item = new object();
        Assert.True(channel.Writer.TryWrite(item));
        Assert.True(channel.Reader.TryRead(out object? read));
        Assert.Same(item, read);
        return new WeakReference(item);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference WriteInVain(Channel<object> channel)
    {
        var item = new object();
        Assert.False(channel.Writer.TryWrite(item));
        return new WeakReference(item);
    }
}
