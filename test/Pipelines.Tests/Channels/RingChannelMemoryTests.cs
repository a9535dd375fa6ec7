using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>
/// Waits leave nothing behind. Elsewhere each cancelled wait left an operation in the channel until the next write (dotnet/runtime #761),
/// and a registration that stays with a token lives as long as the program.
/// </summary>
[Collection(nameof(AllocationTests))]
public sealed class RingChannelMemoryTests : IDisposable
{
    private const int Waits = 100_000;

    // Two bytes a wait: whatever a wait left behind would be an object, of 24 bytes at the least.
    private const long Slack = 200_000;

    private readonly CancellationTokenSource _longLived = new();
    private readonly RingChannel<int> _channel = new(1);

    public void Dispose() => _longLived.Dispose();

    [Fact]
    public Task AnyWait_Woken_LeavesNothingWithTheToken() => AssertFlatAsync(async () =>
    {
        ValueTask<bool> wait = _channel.Reader.WaitToReadAsync(_longLived.Token);
        _channel.Writer.TryWrite(1);
        await wait.ConfigureAwait(false);
        ValueTask write = _channel.Writer.WriteAsync(2, _longLived.Token);
        _channel.Reader.TryRead(out _);
        await write.ConfigureAwait(false);
        _channel.Reader.TryRead(out _);
    });

    [Fact]
    public Task AnyRead_Cancelled_LeavesNothingInTheChannel() => AssertFlatAsync(() => CancelAsync(
        static (channel, token) => channel.Reader.ReadAsync(token).AsTask()));

    [Fact]
    public async Task AnyWrite_Cancelled_LeavesNothingInTheChannel()
    {
        _channel.Writer.TryWrite(1);
        await AssertFlatAsync(() => CancelAsync(static (channel, token) => channel.Writer.WriteAsync(1, token).AsTask()));
    }

    private async Task CancelAsync(Func<Channel<int>, CancellationToken, Task> call)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(_longLived.Token);
        Task wait = call(_channel, source.Token);
        source.Cancel(); // from here: the callbacks are what is tested, not the pool
        await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.True(wait.IsCanceled);
    }

    private static async Task AssertFlatAsync(Func<Task> use)
    {
        await RepeatAsync(use, 1000).InTime();
        long before = GC.GetTotalMemory(forceFullCollection: true);

        await RepeatAsync(use, Waits).InTime();

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Slack);
    }

    private static async Task RepeatAsync(Func<Task> use, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await use().ConfigureAwait(false);
        }
    }
}
