using System.Threading.Channels;

namespace Benchmarks.Quick.Questions;

internal sealed class HopItemByItem : Hop
{
    public override string Title => "hop between two tasks, item by item: TryWrite, TryRead, and a wait where they fail";

    public override string Target => "10 times faster than the in-box channel";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("RingChannel", static items => RunAsync<Ours>(Ring(), items)),
        new("Channel.CreateBounded, one reader, one writer", static items => RunAsync<Theirs>(InBox(), items)),
    ];

    private static Task<long> RunAsync<TWho>(Channel<int> channel, int items)
        where TWho : struct =>
        BothAsync(() => WriteAsync<TWho>(channel.Writer, items), () => ReadAsync<TWho>(channel.Reader));

    private static async Task WriteAsync<TWho>(ChannelWriter<int> writer, int items)
        where TWho : struct
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

    private static async Task<long> ReadAsync<TWho>(ChannelReader<int> reader)
        where TWho : struct
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
