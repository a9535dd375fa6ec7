using Benchmarks.Schedule;

namespace Pipelines.Testing.Tests;

/// <summary>In virtual time, where the pool's own work takes none, its items leave when those of the ideal schedule do: no worker is idle that could work, and
/// no result is held back.</summary>
public sealed class IdealScheduleTests
{
    private const int Items = 150;

    public static TheoryData<int, int, string> Cases()
    {
        var data = new TheoryData<int, int, string>();
        foreach (int workers in (int[])[1, 2, 3, 16])
        {
            foreach (int window in (int[])[16, 64, 256])
            {
                foreach (string work in (string[])["alternating", "random", "seldom slow", "at once, then slow"])
                {
                    data.Add(workers, window, work);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void SelectAsync_AnyInterleaving_ItemsLeaveAsInTheIdealSchedule(int workers, int window, string kind)
    {
        int seed = 0;
        DeterministicScheduler.Explore(30, async scheduler =>
        {
            var random = new Random(++seed);
            int gap = random.Next(4);
            long[] work = [.. Enumerable.Range(0, Items).Select(item => kind switch
            {
                "alternating" => item % 2 == 0 ? 5 : 0L,
                "random" => random.Next(3),
                "seldom slow" => random.Next(20) == 0 ? 50 : 0L,
                _ => item < Items / 2 ? 0 : 5L,
            })];
            long[] arrivals = new long[Items];
            long[] exits = new long[Items];
            await using PipelineRun run = scheduler.Watch(Pipeline
                .From(Source())
                .SelectAsync(WorkAsync, new() { Parallelism = workers, Capacity = window })
                .ForEach(item => exits[item] = Now())
                .Start(scheduler.Options));
            await run.Completion;

            Assert.Equal(IdealSchedule.Exits(arrivals, work, workers, window), exits);

            long Now() => (long)scheduler.TimeProvider.GetElapsedTime(0, scheduler.TimeProvider.GetTimestamp()).TotalMilliseconds;

            async IAsyncEnumerable<int> Source()
            {
                for (int item = 0; item < Items; item++)
                {
                    if (gap > 0)
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(gap), scheduler.TimeProvider);
                    }

                    arrivals[item] = Now();
                    yield return item;
                }
            }

            async ValueTask<int> WorkAsync(int item)
            {
                if (work[item] > 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(work[item]), scheduler.TimeProvider);
                }

                return item;
            }
        });
    }
}
