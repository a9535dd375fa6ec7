using System.Runtime.InteropServices;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

internal sealed class BroadcastToThree : Question
{
    public override string Title => "broadcast to three: two Tees and the main line, each counts";

    public override string Target => "25 ns an item";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, Tee, Tee, ForEach", static async items =>
        {
            (Counter first, Counter second, Counter main) = (new(), new(), new());
            await Pipeline.Range(0, items)
                .Tee(branch => branch.ForEach(_ => first.Count++))
                .Tee(branch => branch.ForEach(_ => second.Count++))
                .ForEach(_ => main.Count++)
                .RunAsync();
            return first.Count + second.Count + main.Count;
        }),
        new("Range, Broadcast to three that pass nothing on, Merge", static async items =>
        {
            Counter[] counters = [new(), new(), new()];
            await Pipeline.Range(0, items).Broadcast(
                branch => branch.Do(_ => counters[0].Count++).Where(static _ => false),
                branch => branch.Do(_ => counters[1].Count++).Where(static _ => false),
                branch => branch.Do(_ => counters[2].Count++).Where(static _ => false)).Merge().ForEach(static _ => { }).RunAsync();
            return counters.Sum(static counter => counter.Count);
        }),
        new("a task, two Channel.CreateBounded and their readers", ChannelsAsync),
        new("TPL Dataflow, BroadcastBlock, unbounded (bounded it would drop)", DataflowAsync),
    ];

    public override long Expected(int items) => 3L * items;

    // A cache line of its own: three loops that count next to each other would measure how the cores fight for one.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private sealed class Counter
    {
        [FieldOffset(96)]
        public long Count;
    }

    private static async Task<long> ChannelsAsync(int items)
    {
        var options = new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true };
        Channel<int>[] branches = [Channel.CreateBounded<int>(options), Channel.CreateBounded<int>(options)];
        Task<long>[] reading = [.. branches.Select(branch => Task.Run(() => CountAsync(branch.Reader)))];
        long main = await Task.Run(async () =>
        {
            long main = 0;
            for (int i = 0; i < items; i++)
            {
                foreach (Channel<int> branch in branches)
                {
                    while (!branch.Writer.TryWrite(i))
                    {
                        await branch.Writer.WaitToWriteAsync();
                    }
                }

                main++;
            }

            Array.ForEach(branches, branch => branch.Writer.Complete());
            return main;
        });
        return main + (await Task.WhenAll(reading)).Sum();
    }

    private static async Task<long> CountAsync(ChannelReader<int> reader)
    {
        long count = 0;
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out _))
            {
                count++;
            }
        }

        return count;
    }

    private static async Task<long> DataflowAsync(int items)
    {
        long[] counts = new long[3];
        var broadcast = new BroadcastBlock<int>(static item => item);
        ActionBlock<int>[] last = [.. Enumerable.Range(0, 3).Select(i => new ActionBlock<int>(_ => counts[i]++))];
        Array.ForEach(last, block => broadcast.LinkTo(block, DataflowPeer.Link));
        await DataflowPeer.SendAsync(broadcast, broadcast, items);
        await Task.WhenAll(last.Select(block => block.Completion));
        return counts.Sum();
    }
}
