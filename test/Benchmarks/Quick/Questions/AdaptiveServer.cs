using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>A server that does eight calls at once, and whoever calls it does not know: a call takes a millisecond or so, and longer when it waits.</summary>
internal sealed class AdaptiveServer : Question
{
    private const int Knee = 8;
    private const int Calls = 400; // a few dozen of them are what it takes to find out

    public override string Title => "calls of a server that does 8 at once, for a millisecond or two";

    public override string Unit => "400 calls";

    public override string Target => "found while it runs, within 1.1 times the best fixed parallelism";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("SelectAsync(f, AdaptiveParallelism = 1 to 64)", items => CallAsync(items, new() { AdaptiveParallelism = new() })),
        new("SelectAsync(f, Parallelism = 8), which is best", items => CallAsync(items, new() { Parallelism = Knee })),
        new("SelectAsync(f, Parallelism = 64)", items => CallAsync(items, new() { Parallelism = 64 })),
    ];

    public override long Expected(int items) => (long)items * Calls * (((long)items * Calls) + 1) / 2;

    private static async Task<long> CallAsync(int items, BlockOptions options)
    {
        using var server = new SemaphoreSlim(Knee);
        long sum = 0;
        await Pipeline.Range(0, items * Calls)
            .SelectAsync(
                async (int item, CancellationToken token) =>
                {
                    await server.WaitAsync(token);
                    await Task.Delay(1, token);
                    server.Release();
                    return item + 1;
                },
                options)
            .ForEach(result => sum += result)
            .RunAsync();
        return sum;
    }
}
