using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>A batch that no item waits in for longer than a second: the same gathering, with a clock beside it.</summary>
internal sealed class BatchWithAge : Question
{
    public override string Title => "batch by 100 or a second";

    public override string Target => "12 ns";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, Batch(100, 1 s), ForEach", static async items =>
        {
            long sum = 0;
            await Pipeline.Range(0, items).Batch(100, TimeSpan.FromSeconds(1)).ForEach(batch => sum += batch.Length).RunAsync();
            return sum;
        }),
        new("Range, Buffer, Batch(100), ForEach", static async items =>
        {
            long sum = 0;
            await Pipeline.Range(0, items).Buffer(Capacity).Batch(100).ForEach(batch => sum += batch.Length).RunAsync();
            return sum;
        }),
    ];

    public override long Expected(int items) => items;
}
