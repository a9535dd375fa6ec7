using Pipelines;

namespace Benchmarks.Quick.Questions;

internal sealed class AsyncYield : AsyncMap
{
    public override string Title => "asynchronous map, each item yields once, 16 at once";

    public override string Target => "within 1.25 times the 16 bare loops and 16 bytes above them";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, SelectAsync(f, Parallelism = 16), ForEach", items => PipelineAsync(items, new BlockOptions { Parallelism = AtOnce })),
        new("16 bare loops", BareLoopsAsync),
        new("Parallel.ForEachAsync", ForEachAsync),
        new("TPL Dataflow, bounded, ordered", DataflowAsync),
    ];

    protected override async ValueTask<int> Work(int item, CancellationToken token)
    {
        await Task.Yield();
        return item + 1;
    }
}
