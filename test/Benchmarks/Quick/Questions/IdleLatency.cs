using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>One item at a time through something that sleeps: what counts is how long it takes to wake up.</summary>
internal sealed class IdleLatency : Question
{
    public override string Title => "one item through an idle pipeline of two concurrent steps, there and back";

    public override string Unit => "item";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("From(channel), SelectAsync, To(channel)", PipelineAsync),
        new("a task between two Channel.CreateBounded", ChannelsAsync),
        new("TPL Dataflow, two blocks, bounded", DataflowAsync),
    ];

    public override long Expected(int items) => ((long)items * (items - 1) / 2) + items;

    private static Channel<int> NewChannel() => Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });

    private static async Task<long> PipelineAsync(int items)
    {
        (Channel<int> there, Channel<int> back) = (NewChannel(), NewChannel());
        Task run = Pipeline.From(there.Reader).SelectAsync(static x => new ValueTask<int>(x + 1)).To(back.Writer).RunAsync();
        long sum = await BounceAsync(there.Writer, back.Reader, items);
        await run;
        return sum;
    }

    private static async Task<long> ChannelsAsync(int items)
    {
        (Channel<int> there, Channel<int> back) = (NewChannel(), NewChannel());
        Task between = Task.Run(async () =>
        {
            await foreach (int item in there.Reader.ReadAllAsync())
            {
                await back.Writer.WriteAsync(item + 1);
            }
        });
        long sum = await BounceAsync(there.Writer, back.Reader, items);
        await between;
        return sum;
    }

    private static async Task<long> DataflowAsync(int items)
    {
        Channel<int> back = NewChannel();
        var first = new TransformBlock<int, int>(static x => x + 1, DataflowPeer.Bounded());
        var last = new ActionBlock<int>(x => back.Writer.TryWrite(x), DataflowPeer.Bounded());
        first.LinkTo(last, DataflowPeer.Link);
        long sum = 0;
        for (int i = 0; i < items; i++)
        {
            first.Post(i);
            sum += await back.Reader.ReadAsync();
        }

        first.Complete();
        await last.Completion;
        return sum;
    }

    private static async Task<long> BounceAsync(ChannelWriter<int> there, ChannelReader<int> back, int items)
    {
        long sum = 0;
        for (int i = 0; i < items; i++)
        {
            await there.WriteAsync(i);
            sum += await back.ReadAsync();
        }

        there.Complete();
        return sum;
    }
}
