using System.Diagnostics;
using System.Globalization;
using Pipelines;

namespace Benchmarks.Schedule;

/// <summary>How long items are on their way through an ordered pool when cheap ones alternate with ones of 5 ms, beside an ideal pool that gets the same items
/// at the same moments; and what ten thousand waits at once take.</summary>
internal static class ScheduleCommand
{
    private const int Window = 256;
    private const double Load = 0.8;
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(5);

    public static async Task<int> RunAsync()
    {
        Line($"{"from entry to exit, ms",-46}{"p50",10}{"p99",10}{"most",10}{"ideal p50",12}{"p99",10}{"most",10}{"p99 to ideal",15}");
        await ShowAsync("Select, 2 workers, 5 ms of computing", 1000, 2, (pipeline, options) => pipeline.Select(Compute, options));
        await ShowAsync("SelectAsync, 2 workers, waits of 5 ms", 1000, 2, (pipeline, options) => pipeline.SelectAsync(WaitAsync, options));
        await ShowAsync("SelectAsync, 16 workers, waits of 5 ms", 4000, 16, (pipeline, options) => pipeline.SelectAsync(WaitAsync, options));
        Line($"");
        Line($"{"10,000 waits of 10 ms at once",-46}{"seconds",10}{"ideal",10}{"heap MB",10}{"working set MB",17}");
        foreach (int items in (int[])[100_000, 1_000_000, 3_000_000])
        {
            await ShowWaitsAsync(items);
        }

        return 0;
    }

    private static async Task ShowAsync(string title, int items, int workers, Func<Pipeline<Item>, BlockOptions, Pipeline<Item>> add)
    {
        var all = new Item[items];
        double gap = Slow.TotalSeconds / 2 / workers / Load * Stopwatch.Frequency;
        await add(Pipeline.From(Arrivals()), new BlockOptions { Parallelism = workers, Capacity = Window })
            .ForEach(item => item.Left = Stopwatch.GetTimestamp())
            .RunAsync();

        // The ideal pool works on each item for as long as it took here: a wait of 5 ms seldom takes 5.
        long[] exits = IdealSchedule.Exits([.. all.Select(item => item.Arrived)], [.. all.Select(item => item.Ended - item.Begun)], workers, Window);
        double[] ours = InOrder(all.Select(item => item.Left - item.Arrived));
        double[] ideal = InOrder(all.Zip(exits, (item, exit) => exit - item.Arrived));
        (double late, double least) = (At(ours, 0.99), At(ideal, 0.99));
        double ratio = late / least;
        Line($"{title,-46}{At(ours, 0.5),10:0.00}{late,10:0.00}{ours[^1],10:0.00}{At(ideal, 0.5),12:0.00}{least,10:0.00}{ideal[^1],10:0.00}{ratio,15:0.00}");

        // Items arrive evenly, as near as timers of a millisecond allow: whatever is due goes in at once.
        async IAsyncEnumerable<Item> Arrivals()
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < items; i++)
            {
                while (Stopwatch.GetTimestamp() < start + (long)(i * gap))
                {
                    await Task.Delay(1);
                }

                all[i] = new Item(i % 2 == 0) { Arrived = Stopwatch.GetTimestamp() };
                yield return all[i];
            }
        }
    }

    private static Item Compute(Item item)
    {
        item.Begun = Stopwatch.GetTimestamp();
        while (item.IsSlow && Stopwatch.GetElapsedTime(item.Begun) < Slow)
        {
            Thread.SpinWait(100);
        }

        item.Ended = Stopwatch.GetTimestamp();
        return item;
    }

    private static async ValueTask<Item> WaitAsync(Item item)
    {
        item.Begun = Stopwatch.GetTimestamp();
        if (item.IsSlow)
        {
            await Task.Delay(Slow);
        }

        item.Ended = Stopwatch.GetTimestamp();
        return item;
    }

    private static async Task ShowWaitsAsync(int items)
    {
        const int AtOnce = 10_000;
        var wait = TimeSpan.FromMilliseconds(10);
        long start = Stopwatch.GetTimestamp();
        long heap = 0;
        long sum = 0;
        await Pipeline.Range(0, items)
            .SelectAsync<int>(async item =>
            {
                await Task.Delay(wait);
                return item;
            }, new BlockOptions { Parallelism = AtOnce })
            .ForEach(item =>
            {
                sum += item;
                heap = item % 50_000 == 0 ? Math.Max(heap, GC.GetTotalMemory(false)) : heap;
            })
            .RunAsync();
        if (sum != items * (items - 1L) / 2)
        {
            throw new InvalidOperationException($"The items add up to {sum}.");
        }

        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double least = wait.TotalSeconds * items / AtOnce;
        Line($"{$"{items:N0} items",-46}{elapsed,10:0.00}{least,10:0.00}{heap / 1e6,10:0.0}{Environment.WorkingSet / 1e6,17:0.0}");
    }

    private static double[] InOrder(IEnumerable<long> ticks) => [.. ticks.Select(span => span * 1000.0 / Stopwatch.Frequency).Order()];

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed record Item(bool IsSlow)
    {
        public long Arrived { get; init; }

        public long Begun { get; set; }

        public long Ended { get; set; }

        public long Left { get; set; }
    }
}
