namespace Benchmarks.Quick.Questions;

internal sealed class AsyncYield : AsyncMap
{
    public override string Title => "asynchronous map, each item yields once, 16 at once";

    public override string Target => "within 1.25 times the 16 bare loops and 16 bytes above them";

    // Ours goes first, as soon as SelectAsync has a pool:
    //   new("Range, SelectAsync(f, Parallelism = 16), ForEach", async items =>
    //   {
    //       long sum = 0;
    //       await Pipeline.Range(0, items).SelectAsync<int>(Work, new BlockOptions { Parallelism = AtOnce }).ForEach(x => sum += x).RunAsync();
    //       return sum;
    //   }),
    public override IReadOnlyList<Contender> Contenders =>
    [
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
