using Pipelines;

namespace Benchmarks.Quick.Questions;

internal sealed class AsyncCompleted : AsyncMap
{
    public override string Title => "asynchronous map, already completed";

    public override string Target => "40 ns and 0 bytes";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, SelectAsync(f, Parallelism = 16), ForEach", items => PipelineAsync(items, new BlockOptions { Parallelism = AtOnce })),
        new("Range, SelectAsync(f), ForEach", items => PipelineAsync(items, null)),
        new("one bare loop", OneLoopAsync),
        new("Parallel.ForEachAsync, 16 at once", ForEachAsync),
        new("TPL Dataflow, bounded, ordered, 16 at once", DataflowAsync),
    ];

    protected override ValueTask<int> Work(int item, CancellationToken token) => new(item + 1);
}
