using System.Collections.Concurrent;
using Pipelines.Tests.Blocks;
using Pipelines.Workers;

namespace Pipelines.Tests.Foreign;

/// <summary>
/// A scheduler that throws at the rest of an asynchronous method of the library's own lost that rest, and the run hung: whatever the library awaits, it goes
/// on, and the run ends.
/// </summary>
public sealed class HostileAwaitTests
{
    public static TheoryData<string> All() => [.. AwaitingCases.List.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Run_InHostileSurroundings_EndsWhateverTheLibraryAwaits(string name)
    {
        BlockCase block = AwaitingCases.List.Single(one => one.Name == name);
        foreach (Surroundings surroundings in Surroundings.All)
        {
            foreach (string ending in (string[])["end", "fail", "cancel", "abort", "stop"])
            {
                foreach (int capacity in (int[])[1, 256])
                {
                    using var run = new HostileRun(surroundings, block, ending);
                    await run.RunAsync(capacity, capacity == 1 ? FailureMode.Drain(Timeout.InfiniteTimeSpan) : FailureMode.Abort);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Run_SchedulerThrowsInItsTurn_EndsWhateverTheLibraryAwaits(string name)
    {
        BlockCase block = AwaitingCases.List.Single(one => one.Name == name);
        foreach (string ending in (string[])["end", "fail", "cancel"])
        {
            for (int at = 1; at < 100; at++)
            {
                foreach (Surroundings surroundings in Surroundings.ThrowingAt(at).Where(one => one.Scheduler is not null))
                {
                    using var run = new HostileRun(surroundings, block, ending);
                    await run.RunAsync(capacity: 2);
                }
            }
        }
    }

    // The last step: nothing of the run is left that could be aborted.
    [Fact]
    public async Task Run_SchedulerThrowsWhileItemsAreDisposed_DisposesAllAndEnds()
    {
        for (int at = 1; at < 60; at++)
        {
            ConcurrentBag<Item> items = [];
            var scheduler = new ThrowingScheduler(number => number >= at);
            PipelineRun run = Pipeline.From(Items(items)).Buffer(20).SelectAsync(async item =>
            {
                await Task.Yield();
                return item.Number == 10 ? throw new InvalidDataException("item 10") : item;
            }).Buffer(1, BoundedChannelFullModeOf(at)).ForEach(item => item.Take()).Start(new() { Scheduler = scheduler, DisposeUndelivered = true });
            Exception? thrown = await Ended.ExceptionAsync(run, $"Throws from {at} on.");
            Assert.True(thrown is InvalidDataException or HostileException, $"{thrown}");
            PipelineReport report = run.Snapshot();
            long lost = report.Undelivered + report.Blocks.Sum(block => block.Dropped);
            Assert.True(items.Count(item => item.IsDisposed) == lost, $"At {at}: {items.Count(item => item.IsDisposed)}\n{report}");
        }
    }

    [Fact]
    public async Task WorkerPool_SchedulerThrows_EveryJobIsAnswered()
    {
        for (int at = 1; at < 80; at++)
        {
            var scheduler = new ThrowingScheduler(number => number >= at);
            var pool = new WorkerPool<int, int>(
                async (x, _) =>
                {
                    await Task.Yield();
                    return x % 5 == 4 ? throw new FormatException($"job {x}") : x;
                },
                new() { Parallelism = 3, Capacity = 4, Scheduler = scheduler });
            Task<int>[] answers = [.. Enumerable.Range(0, 20).Select(x => Task.Run(() => pool.RunAsync(x)))];
            foreach (Task<int> answer in answers)
            {
                await Task.WhenAny(answer).WaitAsync(TimeSpan.FromSeconds(60));
                Assert.True(answer.IsCompleted);
            }

            await pool.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    private static System.Threading.Channels.BoundedChannelFullMode BoundedChannelFullModeOf(int at) =>
        at % 2 == 0 ? System.Threading.Channels.BoundedChannelFullMode.Wait : System.Threading.Channels.BoundedChannelFullMode.DropOldest;

    private static IEnumerable<Item> Items(ConcurrentBag<Item> items)
    {
        for (int i = 0; i < 100; i++)
        {
            var item = new Item(i);
            items.Add(item);
            yield return item;
        }
    }

    private sealed class Item(int number) : IAsyncDisposable
    {
        private volatile bool _isDisposed;

        public int Number => number;

        public bool IsDisposed => _isDisposed;

        public void Take() => Assert.False(_isDisposed);

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            _isDisposed = true;
        }
    }
}
