using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>Several readers and writers, in calls that are cancelled as they wait.</summary>
internal sealed class CrowdStorm(Channel<int> channel, int writers, int readers, int items, int seed)
{
    private readonly ConcurrentBag<int> _accepted = [];
    private readonly ConcurrentBag<List<int>> _read = [];

    /// <summary>What went wrong; null if nothing did.</summary>
    public async Task<string?> RunAsync()
    {
        Task[] reading = [.. Enumerable.Range(0, readers).Select(reader => Task.Run(() => ReadAsync(new Random(seed + 1000 + reader))))];
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(writer, new Random(seed + writer))))).InTime();
        channel.Writer.Complete();
        await Task.WhenAll(reading).InTime();

        int[] read = [.. _read.SelectMany(list => list).Order()];
        int[] accepted = [.. _accepted.Order()];
        int[] lost = [.. accepted.Except(read)];
        int[] delivered = [.. read.Except(accepted)];
        bool inOrder = _read.All(list => list.GroupBy(item => item / items).All(own => own.SequenceEqual(own.Order())));
        return lost.Length + delivered.Length > 0 || read.Length != accepted.Length || !inOrder
            ? $"{accepted.Length} accepted, {read.Length} read, {lost.Length} lost, {delivered.Length} delivered though refused, " +
                $"{(inOrder ? "in" : "out of")} order"
            : null;
    }

    private async Task WriteAsync(int writer, Random random)
    {
        for (int i = 0; i < items; i++)
        {
            int item = writer * items + i;
            using CancellationTokenSource source = CancelledSoon(random);
            try
            {
                if (random.Next(3) > 0)
                {
                    await channel.Writer.WriteAsync(item, source.Token);
                    _accepted.Add(item);
                }
                else if (await channel.Writer.WaitToWriteAsync(source.Token) && channel.Writer.TryWrite(item))
                {
                    _accepted.Add(item);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private async Task ReadAsync(Random random)
    {
        var read = new List<int>();
        _read.Add(read);
        while (true)
        {
            using CancellationTokenSource source = CancelledSoon(random);
            try
            {
                if (random.Next(3) > 0)
                {
                    read.Add(await channel.Reader.ReadAsync(source.Token));
                }
                else if (!await channel.Reader.WaitToReadAsync(source.Token))
                {
                    return;
                }
                else if (channel.Reader.TryRead(out int item))
                {
                    read.Add(item);
                }
            }
            catch (OperationCanceledException)
            {
            }
            catch (ChannelClosedException)
            {
                return;
            }
        }
    }

    // By the pool: before the call waits, while it does, or when it has ended.
    private static CancellationTokenSource CancelledSoon(Random random)
    {
        var source = new CancellationTokenSource();
        if (random.Next(2) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static source =>
                {
                    try
                    {
                        source.Cancel();
                    }
                    catch (ObjectDisposedException)
                    {
                    }
                },
                source,
                preferLocal: random.Next(2) == 0);
        }

        return source;
    }
}
