using System.Diagnostics;
using System.Globalization;
using Pipelines;

namespace Benchmarks.Soak;

/// <summary>Sends very many items through a pipeline of nine blocks with pools, branches and batches, and prints what memory it takes on the way. Every item is
/// accounted for at the end.</summary>
internal sealed class SoakCommand(long items)
{
    private const long Step = 10_000_000;

    private long _teed;
    private long _multiples;
    private long _summed;
    private long _batched;

    public static async Task<int> RunAsync(string[] options)
    {
        long items = 200_000_000;
        if (options is not []
            && (options.Length != 1 || !long.TryParse(options[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out items) || items < 1))
        {
            await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project test/Benchmarks -- soak [ITEMS]");
            return 2;
        }

        return await new SoakCommand(items).RunAsync();
    }

    private async Task<int> RunAsync()
    {
        Console.WriteLine($"{"items",15}{"seconds",10}{"working set MB",17}{"heap MB",10}{"collections",20}");
        var watch = Stopwatch.StartNew();
        PipelineReport report = await Pipeline
            .From(Items(watch))
            .Select(item => item with { Value = item.Value * 2 }, new BlockOptions { Parallelism = 2, Name = "pool" })
            .SelectAsync(LaterAsync, new() { Parallelism = 8, Name = "asynchronous pool" })
            .Tee(branch => branch.Where(item => item.Value % 4 == 0).ForEach(_ => _teed++))
            .When(item => item.Value % 1000 == 0, branch => branch.ForEach(_ => _multiples++))
            .Buffer(64)
            .Batch(100, TimeSpan.FromSeconds(10))
            .Do(batch => _batched += batch.Length)
            .ForEach(batch => _summed += batch.Sum(item => item.Value))
            .RunAsync();
        Show(items, watch);
        Console.WriteLine();
        Console.WriteLine(report);

        // Values are the even numbers from 0 on.
        long last = items - 1;
        long multiples = (last / 500) + 1;
        long sum = (last * (last + 1)) - (500 * (multiples - 1) * multiples);
        bool right = _teed == (last / 2) + 1 && _multiples == multiples && _batched == items - multiples && _summed == sum;
        Console.WriteLine(right ? "Every item is accounted for." : $"WRONG: {_teed} {_multiples} {_batched} {_summed}, not {(last / 2) + 1} {multiples} " +
            $"{items - multiples} {sum}");
        return right ? 0 : 1;
    }

    private IEnumerable<Item> Items(Stopwatch watch)
    {
        for (long i = 0; i < items; i++)
        {
            if (i % Step == 0)
            {
                Show(i, watch);
            }

            yield return new Item(i);
        }
    }

    private static async ValueTask<Item> LaterAsync(Item item)
    {
        if (item.Value % 128 == 0)
        {
            await Task.Yield();
        }

        return item;
    }

    private static void Show(long count, Stopwatch watch) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{count,15:N0}{watch.Elapsed.TotalSeconds,10:N1}{Environment.WorkingSet / 1e6,17:N1}{GC.GetTotalMemory(false) / 1e6,10:N1}" +
        $"{$"{GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)}",20}"));

    private sealed record Item(long Value);
}
