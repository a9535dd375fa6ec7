using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Execution;

public sealed partial class PoolTests
{
    [Fact]
    public async Task Ordered_SlowHead_WorkersGoOnUntilTheWindowIsFullAndNoFurther()
    {
        const int Window = 16;
        var head = new TaskCompletionSource<int>();
        int begun = 0;
        var full = new TaskCompletionSource();
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.Range(0, 1000)
            .SelectAsync(
                x =>
                {
                    if (Interlocked.Increment(ref begun) == Window)
                    {
                        full.TrySetResult();
                    }

                    return x == 0 ? new ValueTask<int>(head.Task) : new(x);
                },
                new() { Parallelism = 2, Capacity = Window })
            .ForEach(consumed.Add)
            .Start();
        await full.Task.WaitAsync(TimeSpan.FromSeconds(60));
        for (int i = 0; i < 1000; i++)
        {
            await Task.Yield(); // whatever could still begin has had its chance
        }

        Assert.Equal(Window, Volatile.Read(ref begun));
        Assert.Empty(consumed);
        head.SetResult(0);
        await Ended.ReportAsync(run);
        Assert.Equal(Enumerable.Range(0, 1000), consumed);
    }

    [Fact]
    public async Task Ordered_ItemFailsWhileTheOneBeforeIsHeld_ThatOneStillGoesOut()
    {
        var held = new TaskCompletionSource<int>();
        var failed = new TaskCompletionSource();
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.Range(0, 1000)
            .SelectAsync(
                async x =>
                {
                    if (x == 10)
                    {
                        failed.TrySetResult();
                        throw new InvalidDataException("10");
                    }

                    return x == 9 ? await held.Task : x;
                },
                new() { Parallelism = 4 })
            .ForEach(consumed.Add)
            .Start();
        await failed.Task;
        held.SetResult(9);
        Exception? error = await Ended.ExceptionAsync(run);

        Assert.Equal("10", Assert.IsType<InvalidDataException>(error).Message);
        Assert.Equal(10, run.Failure!.Item);
        Assert.Equal(Enumerable.Range(0, 10), consumed);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    [Fact]
    public async Task Unordered_SlowItem_OthersGoOut()
    {
        var slow = new TaskCompletionSource<int>();
        var others = new TaskCompletionSource();
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.Range(0, 1000)
            .SelectAsync(x => x == 0 ? new ValueTask<int>(slow.Task) : new(x), new() { Parallelism = 2, Capacity = 8, Ordered = false })
            .ForEach(x =>
            {
                consumed.Add(x);
                if (consumed.Count == 999)
                {
                    others.SetResult();
                }
            })
            .Start();
        await others.Task.WaitAsync(TimeSpan.FromSeconds(60));
        slow.SetResult(0);
        await Ended.ReportAsync(run);

        Assert.Equal(0, consumed[^1]);
    }

    [Fact]
    public async Task Pool_NestedInAPoolOnOneThread_Ends()
    {
        List<int> sums = await Pipeline.Range(0, 20)
            .SelectAsync(
                async x => (await Pipeline.Range(0, 50).Select(y => x + y, new() { Parallelism = 8 }).ToListAsync()).Sum(),
                new() { Parallelism = 10_000 })
            .ToListAsync(new PipelineOptions { Scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler })
            .WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(Enumerable.Range(0, 20).Select(x => (50 * x) + 1225), sums);
    }

    // A run that had become long while items were quick held all of its results back when they became slow.
    [Fact]
    public async Task Select_QuickWorkBecomesSlow_ResultsAreNotHeldBack()
    {
        const int quick = 5000;
        var time = new FakeTimeProvider();
        int consumed = 0;
        int mostAtFirst = 0;
        int mostLater = 0;
        await Pipeline.Range(0, quick + 200)
            .Select(Work, new() { Parallelism = 2 })
            .ForEach(_ => consumed++)
            .RunAsync(new PipelineOptions { TimeProvider = time, Scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler });

        Assert.Equal(quick + 200, consumed);
        Assert.InRange(mostAtFirst, 2, 32);
        Assert.InRange(mostLater, 0, 4);

        int Work(int item)
        {
            if (item >= quick)
            {
                time.Advance(TimeSpan.FromMilliseconds(5));
                if (item < quick + 100)
                {
                    mostAtFirst = Math.Max(mostAtFirst, item - consumed);
                }
                else
                {
                    mostLater = Math.Max(mostLater, item - consumed);
                }
            }

            return item;
        }
    }

    // A worker whose item had failed and who had thereby got the right to pass results on worked on to the end of its run first: a second for each item, while
    // all that was done, its own and the others', stood and waited.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Select_ItemFailsAndTheNextAreSlow_WhatIsDoneGoesOutFirst(bool ordered)
    {
        const int failing = 5003;
        var time = new FakeTimeProvider();
        int consumed = 0;
        int most = 0;
        await Pipeline.Range(0, failing + 60)
            .Select(Work, new() { Parallelism = 2, Ordered = ordered, OnError = ErrorPolicy.Skip })
            .ForEach(_ => consumed++)
            .RunAsync(new PipelineOptions { TimeProvider = time, Scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler });

        Assert.Equal(failing + 59, consumed);
        Assert.InRange(most, 0, 2);

        int Work(int item)
        {
            if (item == failing)
            {
                throw new InvalidDataException();
            }

            if (item > failing)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                most = Math.Max(most, item == failing + 1 ? failing - consumed : 0);
            }

            return item;
        }
    }

    // Results were left to be passed on later by a thread that there was not: on one thread none went out before the window was full.
    [Fact]
    public async Task SelectAsync_SlowItemsThatCompleteAtOnce_ResultsAreNotHeldBack()
    {
        var time = new FakeTimeProvider();
        int consumed = 0;
        int most = 0;
        await Pipeline.Range(0, 500)
            .SelectAsync(
                item =>
                {
                    time.Advance(TimeSpan.FromMilliseconds(5));
                    most = Math.Max(most, item - consumed);
                    return new ValueTask<int>(item);
                },
                new() { Parallelism = 4 })
            .ForEach(_ => consumed++)
            .RunAsync(new PipelineOptions { TimeProvider = time, Scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler });

        Assert.Equal(500, consumed);
        Assert.InRange(most, 0, 8);
    }
}
