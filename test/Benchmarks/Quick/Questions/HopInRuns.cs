using System.Threading.Channels;
using Pipelines.Channels;

namespace Benchmarks.Quick.Questions;

internal sealed class HopInRuns : Hop
{
    private const int Run = 64;

    public override string Title => $"hop between two tasks, in runs of up to {Run}; the in-box channel has none";

    public override string Target => "25 times faster than the in-box channel";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("RingChannel, TryWriteMany and TryReadMany", static items =>
        {
            RingChannel<int> channel = Ring();
            return BothAsync(() => WriteAsync(channel, items), () => ReadAsync(channel));
        }),
        new("Channel.CreateBounded, item by item", static items =>
        {
            Channel<int> channel = InBox();
            return BothAsync(() => WriteAsync(channel.Writer, items), () => ReadAsync(channel.Reader));
        }),
    ];

    private static async Task WriteAsync(RingChannel<int> channel, int items)
    {
        int[] run = new int[Run];
        for (int next = 0; next < items;)
        {
            int count = Math.Min(Run, items - next);
            for (int i = 0; i < count; i++)
            {
                run[i] = next + i;
            }

            int written = channel.TryWriteMany(run.AsSpan(0, count));
            next += written;
            for (; written < count; next++, written++)
            {
                // Full: what the run has left goes one by one, the first of it behind a wait.
                await channel.Writer.WriteAsync(run[written]);
            }
        }

        channel.Writer.Complete();
    }

    private static async Task<long> ReadAsync(RingChannel<int> channel)
    {
        long sum = 0;
        int[] run = new int[Run];
        while (await channel.Reader.WaitToReadAsync())
        {
            for (int count = channel.TryReadMany(run); count > 0; count = channel.TryReadMany(run))
            {
                foreach (int item in run.AsSpan(0, count))
                {
                    sum += item;
                }
            }
        }

        return sum;
    }

    private static async Task WriteAsync(ChannelWriter<int> writer, int items)
    {
        for (int i = 0; i < items; i++)
        {
            while (!writer.TryWrite(i))
            {
                await writer.WaitToWriteAsync();
            }
        }

        writer.Complete();
    }

    private static async Task<long> ReadAsync(ChannelReader<int> reader)
    {
        long sum = 0;
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out int item))
            {
                sum += item;
            }
        }

        return sum;
    }
}
