namespace Pipelines.Tests.Execution;

/// <summary>How many items a pool works on, how far it runs ahead, and who waits for whom.</summary>
public sealed class PoolLimitTests
{
    // It was cut at 65,536 without a word.
    [Theory]
    [InlineData(65_537)]
    [InlineData(200_000)]
    public async Task Select_FirstItemIsSlow_OthersRunAheadByTheWholeCapacity(int capacity)
    {
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int begun = 0;
        List<int> consumed = [];
        await Pipeline.Range(0, capacity + 1000)
            .SelectAsync(
                async x =>
                {
                    if (Interlocked.Increment(ref begun) == capacity)
                    {
                        full.SetResult();
                    }

                    await (x == 0 ? full.Task : Task.CompletedTask);
                    return x;
                },
                new() { Parallelism = 2, Capacity = capacity })
            .ForEach(consumed.Add)
            .RunAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Enumerable.Range(0, capacity + 1000), consumed);
    }

    [Theory]
    [InlineData(1, 4, true)]
    [InlineData(3, 1, true)]
    [InlineData(3, 5, true)]
    [InlineData(3, 5, false)]
    [InlineData(16, 4, true)]
    [InlineData(16, 64, false)]
    [InlineData(10_000, 8, true)]
    [InlineData(10_000, 10_000, false)]
    public async Task SelectAsync_ItemsInProgress_ReachTheParallelismOrTheWindowAndNoMore(int parallelism, int capacity, bool ordered)
    {
        int limit = Math.Min(parallelism, capacity);
        var options = new BlockOptions { Parallelism = parallelism, Capacity = capacity, Ordered = ordered };
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int inProgress = 0;
        int most = 0;
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.Range(0, limit + 300)
            .SelectAsync(
                async x =>
                {
                    int now = Interlocked.Increment(ref inProgress);
                    InterlockedMax(ref most, now);
                    if (now == limit)
                    {
                        full.TrySetResult();
                    }

                    await full.Task;
                    await Task.Yield();
                    Interlocked.Decrement(ref inProgress);
                    return x;
                },
                options)
            .ForEach(consumed.Add)
            .Start();
        await Ended.ReportAsync(run);

        Assert.Equal(limit, most);
        Assert.Equal(Enumerable.Range(0, limit + 300), ordered ? consumed : consumed.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Select_MoreWorkersThanItems_EachItemComesOnce(bool ordered)
    {
        List<int> consumed = await Pipeline.Range(0, 3)
            .Select(x => x, new() { Parallelism = 10_000, Capacity = 20_000, Ordered = ordered })
            .ToListAsync();

        Assert.Equal([0, 1, 2], consumed.Order());
    }

    [Fact]
    public async Task Ordered_StartedMinusEmitted_IsNeverAboveTheCapacity()
    {
        const int Capacity = 6;
        int started = 0;
        int emitted = 0;
        int most = 0;
        await Pipeline.Range(0, 3000)
            .SelectAsync(
                async x =>
                {
                    InterlockedMax(ref most, Interlocked.Increment(ref started) - Volatile.Read(ref emitted));
                    for (int i = x % 5 == 0 ? 8 : 0; i > 0; i--)
                    {
                        await Task.Yield();
                    }

                    return x;
                },
                new() { Parallelism = 4, Capacity = Capacity })
            .ForEach(_ => Interlocked.Increment(ref emitted))
            .RunAsync();

        // What is emitted is counted here by the consumer, which is one item behind what the pool knows.
        Assert.InRange(most, 1, Capacity + 1);
    }

    [Fact]
    public async Task Worker_IsCreatedWithItsFirstItemAndNotBefore()
    {
        int created = 0;
        var second = new TaskCompletionSource();
        var firstUsed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
            {
                await second.Task;
                await writer.WriteAsync(1, token);
                await firstUsed.Task;
                await writer.WriteAsync(2, token);
            })
            .SelectAsync(
                () => Interlocked.Increment(ref created),
                (worker, x) =>
                {
                    firstUsed.TrySetResult();
                    return new ValueTask<int>(worker);
                },
                new() { Parallelism = 100 })
            .ForEach(_ => { })
            .Start();
        for (int i = 0; i < 200; i++)
        {
            await Task.Yield();
        }

        Assert.Equal(0, Volatile.Read(ref created));
        second.SetResult();
        await Ended.ReportAsync(run);
        Assert.InRange(created, 1, 2);
    }

    [Fact]
    public async Task Partition_SlowLane_HoldsBackOnlyItsKeysUntilItsLinkIsFull()
    {
        const int Capacity = 4;
        var slow = new TaskCompletionSource();
        var othersDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<int> consumed = [];

        // The link of key 0 never gets full, so a hundred of key 1 must get through. (Once full, a writer is woken only when it is half empty.)
        IEnumerable<int> keys = [.. Enumerable.Repeat(0, Capacity - 1), .. Enumerable.Repeat(1, 100), 0, 0, 0, 1, 1];
        await using PipelineRun run = Pipeline.From(keys)
            .Partition(
                x => x,
                2,
                lane => lane.SelectAsync(async x =>
                {
                    if (x == 0)
                    {
                        await slow.Task;
                    }

                    return x;
                }))
            .ForEach(x =>
            {
                consumed.Add(x);
                if (consumed.Count == 100)
                {
                    othersDone.SetResult();
                }
            })
            .Start(new PipelineOptions { Capacity = Capacity });
        await othersDone.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.DoesNotContain(0, consumed);
        slow.SetResult();
        await Ended.ReportAsync(run);

        Assert.Equal((Capacity + 2, 102), (consumed.Count(x => x == 0), consumed.Count(x => x == 1)));
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (int seen = Volatile.Read(ref most); seen < now; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }
}
