using Pipelines.Channels;
using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>Random reads and writes of every kind, with cancellations and a close from a third thread: what was written is read once, in order.</summary>
public sealed class RingStressTests
{
    [Fact]
    public async Task RingChannel_RandomTraffic_DeliversExactlyWhatWasWritten() =>
        await Stress.ForSomeTimeAsync(RunAsync);

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        int capacity = random.Next(2) == 0 ? random.Next(1, 9) : random.Next(1, 300);
        int items = random.Next(0, 5000);
        bool closedByAnother = random.Next(3) == 0;
        var channel = new RingChannel<int>(capacity);
        int written = 0;
        Task writing = Task.Run(() => WriteAsync(new Random(seed + 1)));
        Task<int> reading = Task.Run(() => ReadAsync(new Random(seed + 2)));
        Task closing = closedByAnother
            ? Task.Run(async () =>
            {
                for (int i = random.Next(100); i > 0; i--)
                {
                    await Task.Yield();
                }

                channel.Writer.TryComplete();
            })
            : Task.CompletedTask;
        try
        {
            await Task.WhenAll(writing, reading, closing, channel.Reader.Completion).WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Hangs with seed {seed}: capacity {capacity}, {written} of {items} written, {channel.Reader.Count} wait, writer {writing.Status}, reader {reading.Status}.");
        }

        Assert.True(written == await reading, $"Seed {seed}: {written} were written and {await reading} read.");

        async Task WriteAsync(Random random)
        {
            int[] run = new int[16];
            while (written < items)
            {
                switch (random.Next(4))
                {
                    case 0 when channel.Writer.TryWrite(written):
                        written++;
                        break;
                    case 1:
                        int count = Math.Min(random.Next(run.Length), items - written);
                        for (int i = 0; i < count; i++)
                        {
                            run[i] = written + i;
                        }

                        written += channel.TryWriteMany(run.AsSpan(0, count));
                        break;
                    case 2:
                        using (var source = new CancellationTokenSource())
                        {
                            try
                            {
                                ValueTask write = channel.Writer.WriteAsync(written, source.Token);
                                if (random.Next(2) == 0)
                                {
                                    await source.CancelAsync();
                                }

                                await write;
                                written++;
                            }
                            catch (OperationCanceledException)
                            {
                            }
                            catch (ChannelClosedException)
                            {
                                return;
                            }
                        }

                        break;
                    default:
                        if (!await channel.Writer.WaitToWriteAsync())
                        {
                            return;
                        }

                        break;
                }
            }

            channel.Writer.TryComplete();
        }

        async Task<int> ReadAsync(Random random)
        {
            int read = 0;
            int[] run = new int[16];
            while (true)
            {
                switch (random.Next(4))
                {
                    case 0 when channel.Reader.TryRead(out int item):
                        Assert.Equal(read++, item);
                        break;
                    case 1:
                        int count = channel.TryReadMany(run.AsSpan(0, random.Next(run.Length)));
                        Assert.Equal(Enumerable.Range(read, count), run[..count]);
                        read += count;
                        break;
                    case 2:
                        using (var source = new CancellationTokenSource())
                        {
                            try
                            {
                                ValueTask<int> reading = channel.Reader.ReadAsync(source.Token);
                                if (random.Next(2) == 0)
                                {
                                    await source.CancelAsync();
                                }

                                Assert.Equal(read++, await reading);
                            }
                            catch (OperationCanceledException)
                            {
                                read--;
                            }
                            catch (ChannelClosedException)
                            {
                                return read - 1;
                            }
                        }

                        break;
                    default:
                        if (!await channel.Reader.WaitToReadAsync())
                        {
                            return read;
                        }

                        break;
                }
            }
        }
    }
}
