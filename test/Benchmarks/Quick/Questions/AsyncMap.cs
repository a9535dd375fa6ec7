using System.Threading.Tasks.Dataflow;
using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>What the questions about asynchronous maps share: the ways to await one delegate for many items.</summary>
internal abstract class AsyncMap : Question
{
    protected const int AtOnce = 16;

    /// <summary>Item plus one, some time.</summary>
    protected abstract ValueTask<int> Work(int item, CancellationToken token);

    public override long Expected(int items) => items * (items + 1L) / 2;

    protected async Task<long> PipelineAsync(int items, BlockOptions? options)
    {
        long sum = 0;
        await Pipeline.Range(0, items).SelectAsync<int>(Work, options).ForEach(result => sum += result).RunAsync();
        return sum;
    }

    protected async Task<long> OneLoopAsync(int items)
    {
        long sum = 0;
        for (int i = 0; i < items; i++)
        {
            sum += await Work(i, CancellationToken.None);
        }

        return sum;
    }

    protected async Task<long> BareLoopsAsync(int items)
    {
        long[] sums = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(loop => Task.Run(async () =>
        {
            long sum = 0;
            for (int i = loop; i < items; i += AtOnce)
            {
                sum += await Work(i, CancellationToken.None);
            }

            return sum;
        })));
        return sums.Sum();
    }

    protected async Task<long> ForEachAsync(int items)
    {
        long sum = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, items),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (item, token) => Interlocked.Add(ref sum, await Work(item, token)));
        return sum;
    }

    protected async Task<long> DataflowAsync(int items)
    {
        long sum = 0;
        var map = new TransformBlock<int, int>(item => Work(item, CancellationToken.None).AsTask(), DataflowPeer.Bounded(AtOnce));
        var last = new ActionBlock<int>(result => sum += result, DataflowPeer.Bounded());
        map.LinkTo(last, DataflowPeer.Link);
        await DataflowPeer.SendAsync(map, last, items);
        return sum;
    }
}
