using System.Threading.Channels;

namespace Benchmarks.Quick.Questions;

internal sealed class HopAwaited : Hop
{
    public override string Title => "hop between two tasks, as most people write it: await WriteAsync, await foreach";

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
            await writer.WriteAsync(i);
        }

        writer.Complete();
    }

    private static async Task<long> ReadAsync<TWho>(ChannelReader<int> reader)
        where TWho : struct
    {
        long sum = 0;
        await foreach (int item in reader.ReadAllAsync())
        {
            sum += item;
        }

        return sum;
    }
}
