using System.Collections.Concurrent;
using System.Threading.Channels;
using Pipelines.Tests.Channels;
using Pipelines.Workers;

namespace Pipelines.Tests.Workers;

public sealed partial class WorkerPoolTests
{
    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(1, 256, false)]
    [InlineData(4, 1, true)]
    [InlineData(4, 2, false)]
    [InlineData(4, 256, true)]
    public async Task RunAsync_ManyCallersAtOnce_EachGetsItsOwnResult(int parallelism, int capacity, bool ordered)
    {
        await using var pool = new WorkerPool<int, int>(
            async item =>
            {
                await Task.Yield();
                return item * item;
            },
            new() { Parallelism = parallelism, Capacity = capacity, Ordered = ordered });

        int[] results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(item => pool.RunAsync(item))).InTime();
        WorkerPoolReport report = await pool.CompleteAsync().InTime();

        Assert.Equal(Enumerable.Range(0, 1000).Select(item => item * item), results);
        Assert.Equal((RunOutcome.Completed, 1000, 1000), (report.Outcome, report.Accepted, report.Succeeded));
    }

    [Fact]
    public async Task RunAsync_WorkThrows_OnlyItsCallerGetsTheException()
    {
        var thrown = new InvalidDataException();
        await using var pool = new WorkerPool<int, int>((item, _) => item == 5 ? throw thrown : new ValueTask<int>(item));

        Task<int>[] calls = [.. Enumerable.Range(0, 10).Select(item => pool.RunAsync(item))];
        Exception? error = await Record.ExceptionAsync(() => calls[5].InTime());
        int[] others = await Task.WhenAll(calls.Where(call => call != calls[5])).InTime();
        WorkerPoolReport report = await pool.CompleteAsync().InTime();

        Assert.Same(thrown, error);
        Assert.Equal([0, 1, 2, 3, 4, 6, 7, 8, 9], others);
        Assert.Equal((RunOutcome.Completed, 9, 1), (report.Outcome, report.Succeeded, report.Failed));
    }

    [Fact]
    public async Task RunAsync_WorkThrowsACancellationOfItsOwn_IsAFailureLikeAnyOther()
    {
        var timeout = new TaskCanceledException("The request timed out.");
        await using var pool = new WorkerPool<int, int>((_, _) => throw timeout);

        Assert.Same(timeout, await Record.ExceptionAsync(() => pool.RunAsync(1).InTime()));
        Assert.Equal((1, 0), (pool.Snapshot().Failed, pool.Snapshot().Cancelled));
    }

    [Fact]
    public async Task RunAsync_TokenCancelledBefore_TakesNothing()
    {
        await using var pool = new WorkerPool<int, int>((item, _) => new ValueTask<int>(item));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.RunAsync(1, new CancellationToken(canceled: true)).InTime());
        Assert.Equal(0, pool.Snapshot().Accepted);
    }

    [Fact]
    public async Task RunAsync_CancelledWhileItWaits_IsAnsweredAtOnceAndNeverBegun()
    {
        using var held = new HeldWork();
        await using var pool = new WorkerPool<int, int>(held.DoAsync, new() { Parallelism = 1 });
        using var source = new CancellationTokenSource();
        Task<int> first = pool.RunAsync(1);
        await held.Begun(1).InTime();
        Task<int> second = pool.RunAsync(2, source.Token);
        await source.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.InTime());
        Assert.Equal(source.Token, error.CancellationToken);
        held.Release();
        Assert.Equal(1, await first.InTime());
        WorkerPoolReport report = await pool.CompleteAsync().InTime();
        Assert.Equal([1], held.Items);
        Assert.Equal((2, 1, 1), (report.Accepted, report.Succeeded, report.Cancelled));
    }

    [Fact]
    public async Task RunAsync_CancelledWhileItRuns_TheWorkIsToldAndAnswersForIt()
    {
        using var source = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        await using var pool = new WorkerPool<int, int>(async (item, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return item;
        });
        Task<int> call = pool.RunAsync(1, source.Token);
        await begun.Task.InTime();
        await source.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Equal((1, 0), (pool.Snapshot().Cancelled, pool.Snapshot().Failed));
    }

    [Fact]
    public async Task RunAsync_CancelledWhileItWaitsForRoom_WasNeverAccepted()
    {
        using var held = new HeldWork();
        await using var pool = new WorkerPool<int, int>(held.DoAsync, new() { Parallelism = 1, Capacity = 1 });
        using var source = new CancellationTokenSource();
        Task<int> first = pool.RunAsync(1);
        await held.Begun(1).InTime();
        Task<int> second = pool.RunAsync(2);
        Task<int> third = pool.RunAsync(3, source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third.InTime());
        held.Release();
        Assert.Equal((1, 2), (await first.InTime(), await second.InTime()));
        Assert.Equal(2, pool.Snapshot().Accepted);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public async Task TryAdd_NoWorkerGetsAnywhere_QueueIsBounded(int parallelism, int capacity)
    {
        using var held = new HeldWork();
        await using var pool = new WorkerPool<int, int>(held.DoAsync, new() { Parallelism = parallelism, Capacity = capacity });
        for (int item = 0; item < parallelism; item++)
        {
            await pool.AddAsync(item).InTime();
            await held.Begun(item + 1).InTime();
        }

        int waiting = 0;
        while (pool.TryAdd(waiting))
        {
            waiting++;
        }

        WorkerPoolReport report = pool.Snapshot();
        Assert.Equal(Math.Max(capacity, parallelism), waiting);
        Assert.Equal((waiting, parallelism), (report.Waiting, report.Running));
        held.Release();
    }

    [Fact]
    public async Task Parallelism_ManyJobs_AsManyAtOnceAndNoMore()
    {
        const int Parallelism = 3;
        int running = 0;
        var all = new TaskCompletionSource();
        await using var pool = new WorkerPool<int, int>(
            async item =>
            {
                int now = Interlocked.Increment(ref running);
                Assert.InRange(now, 1, Parallelism);
                if (now == Parallelism)
                {
                    all.TrySetResult();
                }

                await all.Task;
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return item;
            },
            new() { Parallelism = Parallelism, Capacity = 1 });

        Assert.Equal(Enumerable.Range(0, 200), await Task.WhenAll(Enumerable.Range(0, 200).Select(item => pool.RunAsync(item))).InTime());
    }

    [Fact]
    public async Task Scheduler_OfTheOptions_ExecutesResourceWorkAndDisposal()
    {
        var scheduler = new CountingScheduler();
        ConcurrentQueue<TaskScheduler> seen = [];
        await using (WorkerPool<int, int> pool = WorkerPool.Create(
            () =>
            {
                seen.Enqueue(CurrentScheduler());
                return new Disposal(() => seen.Enqueue(CurrentScheduler()));
            },
            async (Disposal _, int item) =>
            {
                await Task.Yield();
                seen.Enqueue(CurrentScheduler());
                return item;
            },
            new() { Parallelism = 1, Scheduler = scheduler }))
        {
            Assert.Equal(1, await pool.RunAsync(1).InTime());
            await pool.CompleteAsync().InTime();
        }

        Assert.Equal([scheduler, scheduler, scheduler], seen);
    }

    [Fact]
    public async Task ExecutionContext_OfACall_IsItsCallersAndOfAllElseThePools()
    {
        var scope = new AsyncLocal<string> { Value = "pool" };
        ConcurrentQueue<string> created = [];
        await using WorkerPool<int, string> pool = WorkerPool.Create(
            () =>
            {
                created.Enqueue(scope.Value!);
                return new object();
            },
            async (object _, int item) =>
            {
                string before = scope.Value!;
                scope.Value = "work";
                await Task.Yield();
                return $"{before} {item}";
            },
            new() { Parallelism = 1 });

        scope.Value = "first";
        Task<string> first = pool.RunAsync(1);
        scope.Value = "second";
        Task<string> second = pool.RunAsync(2);
        await pool.AddAsync(3).InTime();

        Assert.Equal(("first 1", "second 2", "pool 3"), (await first.InTime(), await second.InTime(), await pool.Results.ReadAsync().InTime()));
        Assert.Equal(["pool"], created);
        Assert.Equal("second", scope.Value);
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedWhereTheyAreMade()
    {
        Assert.Equal("Parallelism", Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPoolOptions { Parallelism = 0 }).ParamName);
        Assert.Equal("Capacity", Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPoolOptions { Capacity = 0 }).ParamName);
        Assert.Equal("Attempts", Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPoolOptions { Attempts = 0 }).ParamName);
        Assert.Equal("IsWorkerFault", Assert.Throws<ArgumentNullException>(() => new WorkerPoolOptions { IsWorkerFault = null! }).ParamName);
        Assert.Equal("TimeProvider", Assert.Throws<ArgumentNullException>(() => new WorkerPoolOptions { TimeProvider = null! }).ParamName);
        Assert.Equal("work", Assert.Throws<ArgumentNullException>(() => new WorkerPool<int, int>((Func<int, Task<int>>)null!)).ParamName);
        Assert.Equal("work", Assert.Throws<ArgumentNullException>(() => WorkerPool.Create(() => 1, (Func<int, int, Task<int>>)null!)).ParamName);
        Assert.Equal(
            "createWorker",
            Assert.Throws<ArgumentNullException>(() => WorkerPool.Create((Func<int>)null!, (int _, int item) => Task.FromResult(item))).ParamName);
    }

    [Fact]
    public async Task Name_NotGiven_IsTheExpressionOfTheWork()
    {
        await using var pool = new WorkerPool<int, int>(TwiceAsync);

        Assert.Equal(nameof(TwiceAsync), pool.Snapshot().Name);
        static Task<int> TwiceAsync(int item) => Task.FromResult(2 * item);
    }

    private static Task<List<T>> ReadAllAsync<T>(ChannelReader<T> reader) => reader.ReadAllAsync().ToListAsync().InTime();

    [System.Diagnostics.CodeAnalysis.SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "It is what is asked.")]
    private static TaskScheduler CurrentScheduler() => TaskScheduler.Current;

    private sealed class Disposal(Action onDispose) : IDisposable
    {
        public void Dispose() => onDispose();
    }
}
