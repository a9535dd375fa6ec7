using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>What each further synchronous step costs: for the plot of cost an item against the number of steps.</summary>
internal sealed class BlocksInARow(int blocks) : Question
{
    // Each step has a delegate of its own, as in real code: one for all would be inlined where real ones are not.
    private static readonly Func<int, int>[] Steps =
    [
        static x => x + 1, static x => x + 2, static x => x + 3, static x => x + 4, static x => x + 5, static x => x + 6,
        static x => x + 7, static x => x + 8, static x => x + 9, static x => x + 10, static x => x + 11, static x => x + 12,
    ];

    public override string Title => $"{blocks} synchronous step{(blocks == 1 ? "" : "s")} in a row";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, Selects, ForEach", PipelineAsync),
        Contender.Synchronous("loop over an array of delegates", Loop),
        new("a task a step, Channel.CreateBounded between them", ChannelsAsync),
        new("TPL Dataflow, bounded", DataflowAsync),
    ];

    public override long Expected(int items) => ((long)items * (items - 1) / 2) + ((long)blocks * (blocks + 1) / 2 * items);

    private async Task<long> PipelineAsync(int items)
    {
        long sum = 0;
        Pipeline<int> pipeline = Pipeline.Range(0, items);
        for (int i = 0; i < blocks; i++)
        {
            pipeline = pipeline.Select(Steps[i]);
        }

        await pipeline.ForEach(value => sum += value).RunAsync();
        return sum;
    }

    private long Loop(int items)
    {
        Func<int, int>[] functions = Steps[..blocks];
        long sum = 0;
        for (int i = 0; i < items; i++)
        {
            int value = i;
            foreach (Func<int, int> function in functions)
            {
                value = function(value);
            }

            sum += value;
        }

        return sum;
    }

    private async Task<long> ChannelsAsync(int items)
    {
        Channel<int>[] channels = [.. Enumerable.Range(0, blocks + 1).Select(_ => Channel.CreateBounded<int>(
            new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true }))];
        Task[] steps = [.. Enumerable.Range(0, blocks).Select(i => Task.Run(() => StepAsync(Steps[i], channels[i].Reader, channels[i + 1].Writer)))];
        Task<long> summing = Task.Run(() => SumAsync(channels[^1].Reader));
        await Task.Run(async () =>
        {
            for (int i = 0; i < items; i++)
            {
                while (!channels[0].Writer.TryWrite(i))
                {
                    await channels[0].Writer.WaitToWriteAsync();
                }
            }

            channels[0].Writer.Complete();
        });
        await Task.WhenAll(steps);
        return await summing;
    }

    private static async Task StepAsync(Func<int, int> step, ChannelReader<int> reader, ChannelWriter<int> writer)
    {
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out int item))
            {
                int value = step(item);
                while (!writer.TryWrite(value))
                {
                    await writer.WaitToWriteAsync();
                }
            }
        }

        writer.Complete();
    }

    private static async Task<long> SumAsync(ChannelReader<int> reader)
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

    private async Task<long> DataflowAsync(int items)
    {
        long sum = 0;
        TransformBlock<int, int>[] steps = [.. Enumerable.Range(0, blocks).Select(i => new TransformBlock<int, int>(Steps[i], DataflowPeer.Bounded()))];
        var last = new ActionBlock<int>(value => sum += value, DataflowPeer.Bounded());
        for (int i = 1; i < steps.Length; i++)
        {
            steps[i - 1].LinkTo(steps[i], DataflowPeer.Link);
        }

        steps[^1].LinkTo(last, DataflowPeer.Link);
        await DataflowPeer.SendAsync(steps[0], last, items);
        return sum;
    }
}
