using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>Five cheap steps, fused and in a parallel section: what the section costs where there is nothing to win but in the steps.</summary>
internal sealed class SectionOfFive : Question
{
    private const int Workers = 2;

    private static readonly Func<int, int> First = static x => x + 1;
    private static readonly Func<int, int> Second = static x => x ^ 0x55;
    private static readonly Func<int, int> Third = static x => x - 3;
    private static readonly Func<int, int> Fourth = static x => x << 1;
    private static readonly Func<int, int> Fifth = static x => x & 0xFFFF;

    public override string Title => "parallel section of five cheap transforms, two workers, ordered";

    public override string Target => "1.3 times the fused chain's processor time";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("Range, Parallel(five Selects), ForEach", static async items =>
        {
            long sum = 0;
            await Pipeline.Range(0, items).Parallel(Five, new() { Parallelism = Workers }).ForEach(value => sum += value).RunAsync();
            return sum;
        }),
        new("Range, five Selects, ForEach", static async items =>
        {
            long sum = 0;
            await Five(Pipeline.Range(0, items)).ForEach(value => sum += value).RunAsync();
            return sum;
        }),
        new("Range, Parallel(five Selects), AggregateAsync", static items => Pipeline.Range(0, items).Parallel(Five, new() { Parallelism = Workers })
            .AggregateAsync(static () => 0L, static (sum, value) => sum + value, static (some, others) => some + others, static sum => sum)),
        Contender.Synchronous("PLINQ, ordered", static items =>
        {
            long sum = 0;
            foreach (int value in ParallelEnumerable.Range(0, items).AsOrdered().WithDegreeOfParallelism(Workers)
                .Select(First).Select(Second).Select(Third).Select(Fourth).Select(Fifth))
            {
                sum += value;
            }

            return sum;
        }),
    ];

    public override long Expected(int items)
    {
        long sum = 0;
        for (int i = 0; i < items; i++)
        {
            sum += Fifth(Fourth(Third(Second(First(i)))));
        }

        return sum;
    }

    private static Pipeline<int> Five(Pipeline<int> numbers) => numbers.Select(First).Select(Second).Select(Third).Select(Fourth).Select(Fifth);
}
