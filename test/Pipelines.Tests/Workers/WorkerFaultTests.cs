using System.Collections.Concurrent;
using Pipelines.Tests.Channels;
using Pipelines.Workers;

namespace Pipelines.Tests.Workers;

/// <summary>Workers' resources: made once a worker, disposed once, replaced when they fault, and no job is lost with them.</summary>
public sealed class WorkerFaultTests
{
    private readonly ConcurrentQueue<Resource> _resources = [];

    [Fact]
    public async Task Worker_ManyJobs_HasOneResourceOfItsOwn()
    {
        await using (WorkerPool<int, int> pool = Pool((_, item) => item, parallelism: 4))
        {
            await Task.WhenAll(Enumerable.Range(0, 500).Select(item => pool.RunAsync(item))).InTime();
            await pool.CompleteAsync().InTime();
        }

        Assert.InRange(_resources.Count, 1, 4);
        Assert.All(_resources, resource => Assert.Equal(1, resource.Disposals));
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("stop")]
    [InlineData("dispose")]
    [InlineData("fail")]
    public async Task Worker_HoweverThePoolEnds_ItsResourceIsDisposedExactlyOnce(string ending)
    {
        var begun = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        WorkerPool<int, int> pool = WorkerPool.Create(
            () => Resource.Create(_resources),
            (Resource resource, int item, CancellationToken token) => resource.UseAsync(async () =>
            {
                begun.TrySetResult();
                await release.Task;
                return item < 0 ? throw new InvalidDataException() : item;
            }),
            new() { Parallelism = 2 });
        Task call = pool.RunAsync(1);
        await begun.Task.InTime();
        Task end = ending switch
        {
            "complete" => pool.CompleteAsync(),
            "stop" => pool.StopAsync(TimeSpan.Zero),
            "fail" => FailAsync(),
            _ => pool.DisposeAsync().AsTask(),
        };
        release.SetResult();
        await Record.ExceptionAsync(() => end.InTime());
        await call.InTime();
        await pool.DisposeAsync().InTime();

        Assert.InRange(_resources.Count, 1, 2);
        Assert.All(_resources, resource => Assert.Equal(1, resource.Disposals));

        async Task FailAsync()
        {
            await pool.AddAsync(-1);
            await pool.Completion;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Worker_Faults_IsReplacedAndItsJobRunsAgainOnTheNewOne(int parallelism)
    {
        ConcurrentDictionary<int, Resource> victims = [];
        ConcurrentQueue<WorkerFault> faults = [];
        await using WorkerPool<int, int> pool = Pool(
            (resource, item) =>
            {
                if (item % 10 == 3 && victims.TryAdd(item, resource))
                {
                    resource.IsDead = true;
                    throw new WorkerFaultedException($"died of {item}");
                }

                return item;
            },
            parallelism,
            new() { OnWorkerFault = faults.Enqueue });

        int[] results = await Task.WhenAll(Enumerable.Range(0, 100).Select(item => pool.RunAsync(item))).InTime();
        WorkerPoolReport report = await pool.CompleteAsync().InTime();

        Assert.Equal(Enumerable.Range(0, 100), results);
        Assert.Equal((100, 0, 10), (report.Succeeded, report.Failed, report.WorkerFaults));
        Assert.Equal(_resources.Count, report.WorkersCreated);
        Assert.All(_resources, resource => Assert.Equal(1, resource.Disposals));
        Assert.Equal(victims.Keys.Order(), faults.Select(fault => (int)fault.Item!).Order());
        Assert.All(faults, fault => Assert.Equal((1, $"died of {fault.Item}"), (fault.Attempt, fault.Exception.Message)));
    }

    [Fact]
    public async Task Worker_FaultsOnAnAddedItem_ResultsKeepTheirOrder()
    {
        int deaths = 0;
        await using WorkerPool<int, int> pool = Pool(
            (resource, item) => item == 5 && Interlocked.Increment(ref deaths) < 3 ? throw new WorkerFaultedException() : item, parallelism: 4);
        for (int item = 0; item < 20; item++)
        {
            await pool.AddAsync(item).InTime();
        }

        await pool.CompleteAsync().InTime();
        Assert.Equal(Enumerable.Range(0, 20), await pool.Results.ReadAllAsync().ToListAsync().InTime());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Worker_FaultsEachTime_CallerGetsTheExceptionAfterTheLastAttempt(int attempts)
    {
        int begun = 0;
        WorkerFaultedException? last = null;
        await using WorkerPool<int, int> pool = Pool(
            (_, item) => item == 0 ? throw (last = new WorkerFaultedException($"attempt {++begun}")) : item, parallelism: 1, new() { Attempts = attempts });

        Exception? error = await Record.ExceptionAsync(() => pool.RunAsync(0).InTime());
        int next = await pool.RunAsync(1).InTime();
        WorkerPoolReport report = await pool.CompleteAsync().InTime();

        Assert.Same(last, error);
        Assert.Equal((attempts, 1), (begun, next));
        Assert.Equal((attempts, 1, 1), (report.WorkerFaults, report.Failed, report.Succeeded));
        Assert.Equal(attempts + 1, _resources.Count);
    }

    [Fact]
    public async Task IsWorkerFault_OfTheOptions_DecidesInsteadOfTheException()
    {
        int begun = 0;
        await using WorkerPool<int, int> pool = Pool(
            (_, item) => item == 0 && ++begun == 1 ? throw new IOException() : item == 1 ? throw new WorkerFaultedException() : item,
            parallelism: 1,
            new() { IsWorkerFault = error => error is IOException });

        Assert.Equal(0, await pool.RunAsync(0).InTime());
        await Assert.ThrowsAsync<WorkerFaultedException>(() => pool.RunAsync(1).InTime());
        Assert.Equal(2, _resources.Count);
    }

    [Fact]
    public async Task CreateWorker_ThrowsAtFirst_JobIsBegunAgain()
    {
        int made = 0;
        await using WorkerPool<int, int> pool = WorkerPool.Create(
            () => ++made < 3 ? throw new IOException($"attempt {made}") : Resource.Create(_resources),
            (Resource _, int item) => Task.FromResult(item),
            new() { Parallelism = 1 });

        Assert.Equal(1, await pool.RunAsync(1).InTime());
        Assert.Equal((1, 2), (pool.Snapshot().WorkersCreated, pool.Snapshot().WorkerFaults));
    }

    [Fact]
    public async Task CreateWorker_ThrowsEachTime_EachCallerGetsItsException()
    {
        await using WorkerPool<int, int> pool = WorkerPool.Create<Resource, int, int>(
            () => throw new IOException("no connection"), (_, item) => Task.FromResult(item), new() { Attempts = 2 });

        foreach (Task<int> call in (Task<int>[])[pool.RunAsync(1), pool.RunAsync(2)])
        {
            await Assert.ThrowsAsync<IOException>(() => call.InTime());
        }

        WorkerPoolReport report = await pool.CompleteAsync().InTime();
        Assert.Equal((2, 4, 0), (report.Failed, report.WorkerFaults, report.WorkersCreated));
    }

    [Fact]
    public async Task OnWorkerFault_Throws_JobFailsWithBoth()
    {
        Exception died = new WorkerFaultedException(), refused = new InvalidOperationException();
        await using WorkerPool<int, int> pool = Pool(
            (_, item) => item == 0 ? throw died : item, parallelism: 1, new() { OnWorkerFault = _ => throw refused });

        var both = await Assert.ThrowsAsync<AggregateException>(() => pool.RunAsync(0).InTime());
        Assert.Equal([died, refused], both.InnerExceptions);
        Assert.Equal(1, await pool.RunAsync(1).InTime());
    }

    [Fact]
    public async Task Disposal_OfAFaultedResourceThrows_IsToldAndCostsNothing()
    {
        var disposal = new IOException();
        List<WorkerFault> faults = [];
        int made = 0;
        await using WorkerPool<int, int> pool = WorkerPool.Create(
            () => ++made == 1 ? new Resource(_resources) { DisposalException = disposal } : Resource.Create(_resources),
            (Resource _, int item) => made == 1 ? throw new WorkerFaultedException() : Task.FromResult(item),
            new() { Parallelism = 1, OnWorkerFault = faults.Add });
        _resources.Enqueue(new Resource(_resources));

        Assert.Equal(1, await pool.RunAsync(1).InTime());
        WorkerPoolReport report = await pool.CompleteAsync().InTime();
        Assert.NotNull(Assert.Single(faults).DisposalException);
        Assert.Equal((1, 1), (report.DisposalFailures, report.WorkerFaults));
    }

    [Fact]
    public async Task Disposal_OfASoundResourceThrows_CompletionTellsWhenAllJobsAreDone()
    {
        var disposal = new IOException();
        await using WorkerPool<int, int> pool = WorkerPool.Create(
            () =>
            {
                var resource = new Resource(_resources) { DisposalException = disposal };
                _resources.Enqueue(resource);
                return resource;
            },
            (Resource _, int item) => Task.FromResult(item),
            new() { Parallelism = 1 });

        Assert.Equal(1, await pool.RunAsync(1).InTime());
        Assert.Same(disposal, await Record.ExceptionAsync(() => pool.CompleteAsync().InTime()));
        Assert.Equal((RunOutcome.Completed, 1), (pool.Snapshot().Outcome, pool.Snapshot().DisposalFailures));
    }

    private WorkerPool<int, int> Pool(Func<Resource, int, int> work, int parallelism, WorkerPoolOptions? options = null) => WorkerPool.Create(
        () => Resource.Create(_resources),
        (Resource resource, int item) => resource.UseAsync(async () =>
        {
            await Task.Yield();
            return work(resource, item);
        }),
        (options ?? new()) with { Parallelism = parallelism });
}
