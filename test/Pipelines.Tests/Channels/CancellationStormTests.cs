using Pipelines.Channels;
using System.Globalization;
using System.Threading.Channels;
using Xunit.Abstractions;

namespace Pipelines.Tests.Channels;

/// <summary>
/// One reader and one writer over capacity 2, while a third thread cancels their tokens as the waits are being registered: a cancelled read has taken
/// nothing, a cancelled write has delivered nothing. The in-box channel of .NET 10 breaks both (dotnet/runtime #132094).
/// </summary>
public sealed class CancellationStormTests(ITestOutputHelper output)
{
    [Fact]
    public async Task RingChannel_InTheStorm_LosesNothingAndDeliversNothingCancelled()
    {
        long cancelled = 0;
        await Stress.ForSomeTimeAsync(async _ =>
        {
            Tally tally = await StormAsync(new RingChannel<int>(2), 100_000);
            Assert.Equal((0, 0, true), (tally.Lost, tally.DeliveredThoughCancelled, tally.InOrder));
            cancelled += tally.CancelledReads + tally.CancelledWrites;
        });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ring: nothing lost over {cancelled:N0} cancelled reads and writes"));
        Assert.True(cancelled > 0, "Nothing was cancelled: the storm was none.");
    }

    /// <summary>Asserts nothing about the losses, which are the in-box channel's own affair and vary: it shows what the storm catches.</summary>
    [Fact]
    public async Task InBoxChannel_InTheStorm_ShowsWhatTheStormCatches()
    {
        Tally tally = await StormAsync(Channel.CreateBounded<int>(new BoundedChannelOptions(2) { SingleReader = true, SingleWriter = true }), 200_000);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"in-box: {tally.Lost:N0} items lost over {tally.CancelledReads:N0} cancelled reads, {tally.DeliveredThoughCancelled:N0} delivered of {tally.CancelledWrites:N0} cancelled writes"));
        Assert.True(tally.CancelledReads + tally.CancelledWrites > 0, "Nothing was cancelled: the storm was none.");
    }

    private sealed record Tally(int Lost, int DeliveredThoughCancelled, int CancelledReads, int CancelledWrites, bool InOrder);

    private static async Task<Tally> StormAsync(Channel<int> channel, int items)
    {
        CancellationTokenSource? reader = null;
        CancellationTokenSource? writer = null;
        bool over = false;
        var storm = new Thread(() =>
        {
            for (int i = 0; !Volatile.Read(ref over); i++)
            {
                // Whoever is at it now, a little later or earlier each time: before, while and after it waits.
                (i % 2 == 0 ? Volatile.Read(ref reader) : Volatile.Read(ref writer))?.Cancel();
                Thread.SpinWait(i * 7 % 200);
            }
        });
        storm.Start();

        HashSet<int> cancelled = [];
        int cancelledReads = 0;
        List<int> read = [];
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < items; i++)
            {
                var source = new CancellationTokenSource();
                Volatile.Write(ref writer, source);
                try
                {
                    await channel.Writer.WriteAsync(i, source.Token);
                }
                catch (OperationCanceledException)
                {
                    cancelled.Add(i);
                }
            }

            channel.Writer.Complete();
        });
        Task reading = Task.Run(async () =>
        {
            while (true)
            {
                var source = new CancellationTokenSource();
                Volatile.Write(ref reader, source);
                try
                {
                    read.Add(await channel.Reader.ReadAsync(source.Token));
                }
                catch (OperationCanceledException)
                {
                    cancelledReads++;
                }
                catch (ChannelClosedException)
                {
                    return;
                }
            }
        });
        await Task.WhenAll(writing, reading).WaitAsync(TimeSpan.FromSeconds(120));
        Volatile.Write(ref over, true);
        storm.Join();

        int deliveredThoughCancelled = read.Count(cancelled.Contains);
        int lost = items - cancelled.Count - (read.Count - deliveredThoughCancelled);
        return new Tally(lost, deliveredThoughCancelled, cancelledReads, cancelled.Count, read.SequenceEqual(read.Order()));
    }
}
