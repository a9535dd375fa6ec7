using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>No allocation an item or a wait. The bound, a byte an item, leaves room for what a process does once and for a pool's growth.</summary>
[Collection(nameof(AllocationTests))]
public sealed class RingChannelAllocationTests
{
    private const int Items = 100_000;

    [Fact]
    public void TryWriteAndTryRead_Always_AllocateNothing() =>
        AssertFree(static channel =>
        {
            for (int i = 0; i < Items; i++)
            {
                channel.Writer.TryWrite(i);
                channel.Reader.TryRead(out _);
            }
        });

    [Fact]
    public void TryWriteManyAndTryReadMany_Always_AllocateNothing() =>
        AssertFree(static channel =>
        {
            Span<int> run = stackalloc int[4];
            for (int i = 0; i < Items; i++)
            {
                channel.TryWriteMany(run);
                channel.TryReadMany(run);
            }
        });

    [Fact]
    public void AnyAsyncCall_NoNeedToWait_AllocatesNothing() =>
        AssertFree(static channel =>
        {
            for (int i = 0; i < Items; i++)
            {
                AssertEnded(channel.Writer.WaitToWriteAsync());
                AssertEnded(channel.Writer.WriteAsync(i));
                AssertEnded(channel.Reader.WaitToReadAsync());
                AssertEnded(channel.Reader.ReadAsync());
            }
        });

    [Fact]
    public Task WaitToReadAsync_WaitsForEachItem_AllocatesNothing() =>
        AssertFreeAsync(static async (channel, token) =>
        {
            for (int i = 0; i < Items; i++)
            {
                ValueTask<bool> wait = channel.Reader.WaitToReadAsync(token);
                channel.Writer.TryWrite(i);
                await wait.ConfigureAwait(false);
                channel.Reader.TryRead(out _);
            }
        });

    [Fact]
    public Task ReadAsync_WaitsForEachItem_AllocatesNothing() =>
        AssertFreeAsync(static async (channel, token) =>
        {
            for (int i = 0; i < Items; i++)
            {
                ValueTask<int> read = channel.Reader.ReadAsync(token);
                channel.Writer.TryWrite(i);
                await read.ConfigureAwait(false);
            }
        });

    [Fact]
    public Task WriteAsync_WaitsForEachSlot_AllocatesNothing() =>
        AssertFreeAsync(static async (channel, token) =>
        {
            channel.Writer.TryWrite(-1);
            for (int i = 0; i < Items; i++)
            {
                ValueTask write = channel.Writer.WriteAsync(i, token);
                channel.Reader.TryRead(out _);
                await write.ConfigureAwait(false);
            }

            channel.Reader.TryRead(out _);
        });

    [Fact]
    public Task ReadAsyncAndWriteAsync_SidesOfTheirOwn_AllocateNothing() =>
        AssertFreeAsync(static async (channel, token) =>
        {
            Task writer = Task.Run(
                async () =>
                {
                    for (int i = 0; i < Items; i++)
                    {
                        await channel.Writer.WriteAsync(i, token).ConfigureAwait(false);
                    }
                },
                token);
            for (int i = 0; i < Items; i++)
            {
                await channel.Reader.ReadAsync(token).ConfigureAwait(false);
            }

            await writer.ConfigureAwait(false);
        });

    // The second run counts: the first one pays for compiled code, pools and slots.
    private static void AssertFree(Action<RingChannel<int>> use)
    {
        var channel = new RingChannel<int>(4);
        use(channel);

        long before = GC.GetAllocatedBytesForCurrentThread();
        use(channel);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 1000);
    }

    private static async Task AssertFreeAsync(Func<RingChannel<int>, CancellationToken, Task> use)
    {
        using var source = new CancellationTokenSource();
        var channel = new RingChannel<int>(1);
        await use(channel, source.Token).InTime();

        long least = long.MaxValue;
        for (int i = 0; i < 5 && least >= Items; i++)
        {
            // Other threads of the process may allocate meanwhile, so the least of some runs is what the path costs.
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await use(channel, source.Token).InTime();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(least, 0, Items - 1);
    }

    private static void AssertEnded<T>(ValueTask<T> call)
    {
        if (!call.IsCompletedSuccessfully)
        {
            Assert.Fail("A call that had no need to wait did.");
        }

        _ = call.Result;
    }

    private static void AssertEnded(ValueTask call)
    {
        if (!call.IsCompletedSuccessfully)
        {
            Assert.Fail("A call that had no need to wait did.");
        }

        call.GetAwaiter().GetResult();
    }
}
