using System.Collections.Concurrent;
using Pipelines.Tests.Channels;
using Pipelines.Workers;

namespace Pipelines.Tests.Workers;

/// <summary>What goes wrong with workers and pools written by hand, each beside ours: the naive version loses, corrupts or hangs, and that is part of the
/// test.</summary>
public sealed class WorkerHazardTests
{
    /// <summary>A resource in a global is inherited on one platform and missing on another, and where it is inherited all workers share it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resource_TwoWorkersAtOnce_EachHasItsOwn(bool naive)
    {
        var global = new Ledger();
        ConcurrentQueue<Ledger> ledgers = [];
        var both = new Meeting(2);
        List<int> results = await Pipeline.Range(0, 2)
            .SelectAsync(
                () =>
                {
                    Ledger ledger = naive ? global : new Ledger();
                    ledgers.Enqueue(ledger);
                    return ledger;
                },
                async (Ledger ledger, int item) =>
                {
                    int before = ledger.Entries;
                    await both.ArriveAsync();
                    ledger.Entries = before + 1;
                    return item;
                },
                new() { Parallelism = 2 })
            .ToListAsync()
            .InTime();

        Assert.Equal([0, 1], results);
        Assert.Equal(naive ? 1 : 2, ledgers.Distinct().Sum(ledger => ledger.Entries));
        Assert.Equal(naive ? 1 : 2, ledgers.Distinct().Count());
    }

    /// <summary>A pool of processes refuses a bound method or a local function, and only when the first item is sent.</summary>
    [Fact]
    public async Task PoolMap_AnyKindOfFunction_IsMappedInOrder()
    {
        var bound = new Power(2);
        int one = 1;
        static int Local(int x) => x * x;
        foreach (Func<int, int> function in (Func<int, int>[])[Square, Local, bound.Of, x => x * x * one])
        {
            Assert.Equal([1, 4, 9], await Pipeline.From([1, 2, 3]).Select(function, new() { Parallelism = 3 }).ToListAsync().InTime());
        }
    }

    [Fact]
    public void PoolMap_WhatCannotRun_IsRefusedBeforeTheFirstItem()
    {
        bool touched = false;
        Pipeline<int> items = Pipeline.From(Items());

        Assert.Throws<ArgumentNullException>(() => items.Select((Func<int, int>)null!, new() { Parallelism = 3 }));
        Assert.Throws<ArgumentException>(() => items.Select(Square, new() { Timeout = TimeSpan.FromSeconds(1) }));
        Assert.False(touched);

        IEnumerable<int> Items()
        {
            touched = true;
            yield return 1;
        }
    }

    /// <summary>A worker that is killed keeps what it has locked: the next one waits for ever. Ours is asked to end, and what it has begun it ends.</summary>
    [Fact]
    public async Task Abort_WorkerHoldsALock_IsNotKilledWithIt()
    {
        using var gate = new SemaphoreSlim(1);
        int[] accounts = [50, 50];
        var inside = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using PipelineRun run = Pipeline.Range(0, int.MaxValue)
            .SelectAsync(
                async x =>
                {
                    await gate.WaitAsync();
                    accounts[0] -= 7;
                    inside.TrySetResult();
                    await goOn.Task;
                    accounts[1] += 7;
                    gate.Release();
                    return x;
                },
                new() { Parallelism = 3 })
            .ForEach(_ => { })
            .Start();
        await inside.Task.InTime();
        run.Abort();
        Assert.Equal(93, accounts.Sum()); // where a killed worker would leave it
        goOn.SetResult();
        await Ended.ReportAsync(run);

        Assert.True(await gate.WaitAsync(TimeSpan.Zero));
        Assert.Equal(100, accounts.Sum());
    }

    /// <summary>A pool whose workers cannot start waits for their answers for ever.</summary>
    [Fact]
    public async Task Workers_CannotStart_NobodyWaitsForThem()
    {
        var thrown = new IOException();
        Func<int> createWorker = () => throw thrown;
        await using WorkerPool<int, int> pool = WorkerPool.Create(createWorker, (int _, int item) => Task.FromResult(item));

        Assert.Same(thrown, await Record.ExceptionAsync(() => pool.RunAsync(1).InTime()));
        Assert.Same(
            thrown,
            await Record.ExceptionAsync(() => Pipeline.Range(0, 9).SelectAsync(createWorker, (_, item) => Task.FromResult(item)).CountAsync().InTime()));
    }

    /// <summary>A thread, or a task, for each job takes them all on at once.</summary>
    [Fact]
    public async Task Jobs_FarMoreThanWorkers_NeverRunAllAtOnce()
    {
        const int Jobs = 2000;
        const int Workers = 3;
        var naive = new Gauge();
        var all = new Meeting(Jobs);
        await Task.WhenAll(Enumerable.Range(0, Jobs).Select(_ => naive.CountAsync(all.ArriveAsync))).InTime();
        Assert.Equal(Jobs, naive.Most);

        var ours = new Gauge();
        await using var pool = new WorkerPool<int, int>(
            async item =>
            {
                await ours.CountAsync(async () => await Task.Yield());
                return item;
            },
            new() { Parallelism = Workers, Capacity = 10 });
        await Task.WhenAll(Enumerable.Range(0, Jobs).Select(item => pool.RunAsync(item))).InTime();
        Assert.InRange(ours.Most, 1, Workers);
    }

    /// <summary>The book's worker takes its job off the queue and dies with it: the job is lost, and whoever waits for its result waits for ever.</summary>
    [Fact]
    public async Task Worker_DiesWithAJobInHand_TheJobIsDoneAllTheSame()
    {
        var queue = new ConcurrentQueue<int>([0, 1, 2, 3]);
        ConcurrentQueue<int> done = [];
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(NaiveWorker))).InTime();
        Assert.Equal([2, 3], done.Order()); // two jobs have gone with their workers

        var together = new Meeting(2);
        ConcurrentDictionary<int, bool> died = [];
        await using WorkerPool<int, int> pool = WorkerPool.Create(
            () => new Ledger(),
            async (Ledger _, int item) =>
            {
                if (item < 2 && died.TryAdd(item, true))
                {
                    await together.ArriveAsync(); // all workers that there are die at once
                    throw new WorkerFaultedException();
                }

                return item;
            },
            new() { Parallelism = 2 });
        for (int item = 0; item < 4; item++)
        {
            await pool.AddAsync(item).InTime();
        }

        WorkerPoolReport report = await pool.CompleteAsync().InTime();
        Assert.Equal([0, 1, 2, 3], await pool.Results.ReadAllAsync().ToListAsync().InTime());
        Assert.Equal((4, 2), (report.WorkersCreated, report.WorkerFaults));

        void NaiveWorker()
        {
            while (queue.TryDequeue(out int job))
            {
                if (job < 2)
                {
                    continue; // it dies of it, and the worker that takes its place knows nothing of the job
                }

                done.Enqueue(job);
            }
        }
    }

    /// <summary>The same jobs by the pool and by three lines of pipeline: the same results in the same order.</summary>
    [Fact]
    public async Task Pipeline_TheSameJobsAsThePool_TheSameResults()
    {
        async Task<string> WorkAsync(Ledger ledger, int item)
        {
            await Task.Yield();
            return $"{item}: {item * item}, by {ledger.GetType().Name}";
        }

        await using WorkerPool<int, string> pool = WorkerPool.Create(
            () => new Ledger(), (Ledger ledger, int item) => WorkAsync(ledger, item), new() { Parallelism = 4 });
        for (int item = 0; item < 100; item++)
        {
            await pool.AddAsync(item).InTime();
        }

        await pool.CompleteAsync().InTime();
        List<string> pooled = await pool.Results.ReadAllAsync().ToListAsync().InTime();
        List<string> piped = await Pipeline.Range(0, 100)
            .SelectAsync(() => new Ledger(), WorkAsync, new() { Parallelism = 4 })
            .ToListAsync()
            .InTime();

        Assert.Equal(100, pooled.Count);
        Assert.Equal(pooled, piped);
    }

    private static int Square(int x) => x * x;

    private sealed class Power(int exponent)
    {
        public int Of(int x) => (int)Math.Pow(x, exponent);
    }

    private sealed class Ledger
    {
        public int Entries { get; set; }
    }

    /// <summary>Nobody goes on before all have come.</summary>
    private sealed class Meeting(int expected)
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task ArriveAsync()
        {
            if (Interlocked.Increment(ref _arrived) == expected)
            {
                _all.SetResult();
            }

            return _all.Task;
        }
    }

    /// <summary>Counts how many are in it at once.</summary>
    private sealed class Gauge
    {
        private int _now;
        private int _most;

        public int Most => Volatile.Read(ref _most);

        public async Task CountAsync(Func<Task> work)
        {
            int now = Interlocked.Increment(ref _now);
            for (int seen = _most; now > seen; seen = _most)
            {
                Interlocked.CompareExchange(ref _most, now, seen);
            }

            await work();
            Interlocked.Decrement(ref _now);
        }
    }
}
