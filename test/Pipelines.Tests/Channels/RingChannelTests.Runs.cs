using System.Runtime.CompilerServices;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

public sealed partial class RingChannelTests
{
    [Fact]
    public void TryWriteMany_Nothing_WritesNothing()
    {
        var channel = new RingChannel<int>(4);

        Assert.Equal(0, channel.TryWriteMany([]));
        Assert.Equal(0, channel.Reader.Count);
    }

    [Fact]
    public void TryReadMany_NoSlots_ReadsNothing()
    {
        var channel = new RingChannel<int>(4);
        channel.TryWriteMany([1, 2]);

        Assert.Equal(0, channel.TryReadMany([]));
        Assert.Equal(2, channel.Reader.Count);
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public void TryWriteMany_MoreThanFits_WritesWhatFits(int capacity)
    {
        var channel = new RingChannel<int>(capacity);
        int[] items = [.. Enumerable.Range(0, capacity + 3)];

        Assert.Equal(capacity, channel.TryWriteMany(items));
        Assert.Equal(0, channel.TryWriteMany(items));

        var read = new int[capacity + 3];
        Assert.Equal(capacity, channel.TryReadMany(read));
        Assert.Equal(items[..capacity], read[..capacity]);
        Assert.Equal(0, channel.TryReadMany(read));
    }

    [Fact]
    public void TryReadMany_FewerThanFit_LeavesTheOtherSlotsAsTheyWere()
    {
        var channel = new RingChannel<int>(8);
        channel.TryWriteMany([1, 2]);
        int[] read = [-1, -1, -1, -1];

        Assert.Equal(2, channel.TryReadMany(read));
        Assert.Equal([1, 2, -1, -1], read);
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public void TryReadMany_RunsOfEverySize_KeepTheOrder(int capacity)
    {
        var channel = new RingChannel<int>(capacity);
        int[] buffer = new int[capacity + 2];
        int written = 0, read = 0;
        for (int i = 0; i < 2000; i++)
        {
            Span<int> run = buffer.AsSpan(0, i % (capacity + 2));
            for (int j = 0; j < run.Length; j++)
            {
                run[j] = written + j;
            }

            int free = capacity - channel.Reader.Count;
            int moved = channel.TryWriteMany(run);
            Assert.Equal(Math.Min(run.Length, free), moved);
            written += moved;

            int there = channel.Reader.Count;
            run = buffer.AsSpan(0, (i * 5 + 1) % (capacity + 2));
            moved = channel.TryReadMany(run);
            Assert.Equal(Math.Min(run.Length, there), moved);
            foreach (int item in run[..moved])
            {
                Assert.Equal(read++, item);
            }
        }
    }

    [Fact]
    public async Task TryWriteMany_ReaderWaits_WakesIt()
    {
        var channel = new RingChannel<int>(4);
        ValueTask<int> read = channel.Reader.ReadAsync();

        Assert.Equal(3, channel.TryWriteMany([1, 2, 3]));

        Assert.Equal(1, await read.InTime());
        Assert.Equal(2, channel.Reader.Count);
    }

    [Fact]
    public async Task TryReadMany_WriterWaits_WakesIt()
    {
        var channel = new RingChannel<int>(4);
        channel.TryWriteMany([1, 2, 3, 4]);
        ValueTask write = channel.Writer.WriteAsync(5);
        var read = new int[4];

        Assert.Equal(4, channel.TryReadMany(read));

        await write.InTime();
        Assert.Equal(1, channel.TryReadMany(read));
        Assert.Equal(5, read[0]);
    }

    [Fact]
    public void TryWriteMany_Completed_WritesNothing()
    {
        var channel = new RingChannel<int>(4);
        channel.Writer.Complete();

        Assert.Equal(0, channel.TryWriteMany([1, 2]));
        Assert.Equal(0, channel.Reader.Count);
    }

    [Fact]
    public async Task TryReadMany_LastOfACompletedChannel_FinishesCompletion()
    {
        var channel = new RingChannel<int>(4);
        channel.TryWriteMany([1, 2, 3]);
        channel.Writer.Complete();

        Assert.Equal(2, channel.TryReadMany(new int[2]));
        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.Equal(1, channel.TryReadMany(new int[2]));

        await channel.Reader.Completion.InTime();
    }

    [Fact]
    public void TryReadMany_ReferencesRead_ChannelLetsGoOfThem()
    {
        var channel = new RingChannel<object>(4);
        channel.TryWriteMany(["shifts the run over the end of the slots", "twice"]);
        channel.TryReadMany(new object[2]);
        WeakReference[] items = WriteAndReadMany(channel);

        GC.Collect();

        Assert.All(items, item => Assert.False(item.IsAlive));
        GC.KeepAlive(channel);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] WriteAndReadMany(RingChannel<object> channel)
    {
        object[] items = [new(), new(), new(), new()];
        Assert.Equal(4, channel.TryWriteMany(items));
        var read = new object[4];
        Assert.Equal(4, channel.TryReadMany(read));
        return [.. read.Select(item => new WeakReference(item))];
    }
}
