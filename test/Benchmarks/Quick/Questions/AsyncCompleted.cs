using Pipelines;

namespace Benchmarks.Quick.Questions;

internal sealed class AsyncCompleted : AsyncMap
{
    public override string Title => "asynchronous map, already completed";

    public override string Target => "40 ns and 0 bytes";

    // Beside the first row, as soon as SelectAsync has a pool:
    //   new("Range, SelectAsync(f, Parallelism = 16), ForEach", items => PipelineAsync(items, new BlockOptions { Parallelism = AtOnce })),
    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, SelectAsync(f), ForEach", items => PipelineAsync(items, null)),
        new("one bare loop", OneLoopAsync),
        new("Parallel.ForEachAsync, 16 at once", ForEachAsync),
        new("TPL Dataflow, bounded, ordered, 16 at once", DataflowAsync),
    ];

    protected override ValueTask<int> Work(int item, CancellationToken token) => new(item + 1);

    private async Task<long> PipelineAsync(int items, BlockOptions? options)
    {
        long sum = 0;
        await Pipeline.Range(0, items).SelectAsync<int>(Work, options).ForEach(result => sum += result).RunAsync();
        return sum;
    }
}
