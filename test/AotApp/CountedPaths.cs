using System.Globalization;
using Pipelines;

namespace AotApp;

/// <summary>Paths whose instructions instructions.sh counts: how many an item of each takes, which is the same on every run. Not those whose work follows the
/// clock: a pool's runs and a batch's collections differ.</summary>
internal static class CountedPaths
{
    public static async Task<int> RunAsync(string path, string count)
    {
        int items = int.Parse(count, CultureInfo.InvariantCulture);
        if (path == "yield-bare")
        {
            Console.WriteLine((await Task.WhenAll(Enumerable.Range(0, 16).Select(first => Task.Run(() => LoopAsync(first, items))))).Sum());
            return 0;
        }

        long sum = 0;
        BlockOptions sixteen = new() { Parallelism = 16 };
        Pipeline<int> numbers = Pipeline.Range(0, items);
        Pipeline pipeline = path switch
        {
            "range" => numbers.ForEach(x => sum += x),
            "sequence" => Pipeline.From(Numbers(items)).ForEach(x => sum += x),
            "select-5" =>
                numbers.Select(x => x + 1).Select(x => x ^ 0x55).Select(x => x - 3).Select(x => x << 1).Select(x => x & 0xFFFF).ForEach(x => sum += x),
            "where" => numbers.Where(x => x % 2 == 0).ForEach(x => sum += x),
            "buffer" => numbers.Buffer(256).ForEach(x => sum += x),
            "buffer-sequence" => Pipeline.From(Numbers(items)).Buffer(256).ForEach(x => sum += x),
            "tee" => numbers.Tee(branch => branch.ForEach(_ => { })).ForEach(x => sum += x),
            "async" => numbers.SelectAsync(x => new ValueTask<int>(x)).ForEach(x => sum += x),
            "yield-16" => numbers.SelectAsync(YieldAsync, sixteen).ForEach(x => sum += x),
            _ => throw new ArgumentException($"There is no path '{path}'.", nameof(path)),
        };
        await pipeline.RunAsync();
        Console.WriteLine(sum);
        return 0;
    }

    private static async Task<long> LoopAsync(int first, int items)
    {
        long sum = 0;
        for (int i = first; i < items; i += 16)
        {
            sum += await YieldAsync(i);
        }

        return sum;
    }

    private static async ValueTask<int> YieldAsync(int item)
    {
        await Task.Yield();
        return item;
    }

    private static IEnumerable<int> Numbers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return i;
        }
    }
}
