using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

internal sealed class BuildAndRun : Question
{
    private static readonly int[] OneItem = [1];

    public override string Title => "build five blocks, run them over one item";

    public override string Unit => "run";

    public override string Target => "3 us and 2 KB";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("From, three Selects, ForEach", static items => RepeatAsync(items, static async () =>
        {
            int result = 0;
            await Pipeline.From(OneItem).Select(Next).Select(Next).Select(Next).ForEach(x => result = x).RunAsync();
            return result;
        })),
        new("Task.Run and back", static items => RepeatAsync(items, static () => Task.Run(static () => Next(Next(Next(1)))))),
        new("five tasks and Channel.CreateBounded", static items => RepeatAsync(items, ChannelsAsync)),
        new("TPL Dataflow, bounded", static items => RepeatAsync(items, DataflowAsync)),
    ];

    public override long Expected(int items) => 4L * items;

    private static int Next(int x) => x + 1;

    private static async Task<long> RepeatAsync(int times, Func<Task<int>> run)
    {
        long sum = 0;
        for (int i = 0; i < times; i++)
        {
            sum += await run();
        }

        return sum;
    }

    private static async Task<int> ChannelsAsync()
    {
        int result = 0;
        Channel<int>[] channels = [.. Enumerable.Range(0, 4).Select(_ => Channel.CreateBounded<int>(
            new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true }))];
        List<Task> steps =
        [
            Task.Run(async () =>
            {
                await channels[0].Writer.WriteAsync(1);
                channels[0].Writer.Complete();
            }),
        ];
        for (int i = 1; i < channels.Length; i++)
        {
            ChannelReader<int> reader = channels[i - 1].Reader;
            ChannelWriter<int> writer = channels[i].Writer;
            steps.Add(Task.Run(async () =>
            {
                await foreach (int item in reader.ReadAllAsync())
                {
                    await writer.WriteAsync(Next(item));
                }

                writer.Complete();
            }));
        }

        steps.Add(Task.Run(async () =>
        {
            await foreach (int item in channels[^1].Reader.ReadAllAsync())
            {
                result = item;
            }
        }));
        await Task.WhenAll(steps);
        return result;
    }

    private static async Task<int> DataflowAsync()
    {
        int result = 0;
        var first = new BufferBlock<int>(DataflowPeer.Bounded());
        ISourceBlock<int> end = first;
        for (int i = 0; i < 3; i++)
        {
            var block = new TransformBlock<int, int>(Next, DataflowPeer.Bounded());
            end.LinkTo(block, DataflowPeer.Link);
            end = block;
        }

        var last = new ActionBlock<int>(x => result = x, DataflowPeer.Bounded());
        end.LinkTo(last, DataflowPeer.Link);
        first.Post(1);
        first.Complete();
        await last.Completion;
        return result;
    }
}
