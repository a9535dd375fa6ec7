using System.Threading.Channels;
using Pipelines.Hosting;

namespace Benchmarks.Quick.Questions;

/// <summary>What an item costs on its way through the inbox of a hosted pipeline, with nobody at the door but its writer.</summary>
internal sealed class InboxItem : Question
{
    private const int Burst = 100;

    public override string Title => "inbox of a hosted pipeline: an item in and out, one thread";

    public override string Target => "at most 1.5 times the in-box channel";

    public override IReadOnlyList<Contender> Contenders =>
    [
        Contender.Synchronous("PipelineInbox.TryAdd", static items =>
        {
            var inbox = new MemoryInbox<int>("benchmark", Capacity);
            return Pass(items, new Ours(inbox, inbox.Reader));
        }),
        Contender.Synchronous("Channel.CreateBounded, one reader", static items =>
        {
            var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true });
            return Pass(items, new Theirs(channel.Writer, channel.Reader));
        }),
    ];

    public override long Expected(int items) => items * (items - 1L) / 2;

    private static long Pass<TDoor>(int items, TDoor door)
        where TDoor : struct, IDoor
    {
        long sum = 0;
        for (int i = 0; i < items;)
        {
            int end = Math.Min(items, i + Burst);
            for (; i < end; i++)
            {
                door.TryIn(i);
            }

            while (door.TryOut(out int item))
            {
                sum += item;
            }
        }

        return sum;
    }

    private interface IDoor
    {
        bool TryIn(int item);

        bool TryOut(out int item);
    }

    private readonly struct Ours(MemoryInbox<int> inbox, ChannelReader<int> reader) : IDoor
    {
        public bool TryIn(int item) => inbox.TryAdd(item);

        public bool TryOut(out int item) => reader.TryRead(out item);
    }

    private readonly struct Theirs(ChannelWriter<int> writer, ChannelReader<int> reader) : IDoor
    {
        public bool TryIn(int item) => writer.TryWrite(item);

        public bool TryOut(out int item) => reader.TryRead(out item);
    }
}
