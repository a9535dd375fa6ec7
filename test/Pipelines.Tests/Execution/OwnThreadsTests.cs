using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Execution;

/// <summary>Blocks with threads of their own, for delegates that block.</summary>
public sealed class OwnThreadsTests
{
    private const int Many = 48;

    // As many delegates as there are workers block until all of them do: on the thread pool they would wait for it to have more threads, one or two a second.
    [Fact]
    public async Task Select_DelegatesThatBlock_HaveAThreadEach()
    {
        using var all = new Barrier(Many);
        List<int> results = await Patience.WithAsync(Pipeline.Range(0, 4 * Many).Select(
            x =>
            {
                Assert.True(all.SignalAndWait(TimeSpan.FromSeconds(60)));
                return x;
            },
            new() { Parallelism = Many, Threads = WorkerThreads.Dedicated }).ToListAsync());

        Assert.Equal(Enumerable.Range(0, 4 * Many), results);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Threads_OfABlock_AreItsOwnAndHaveItsName(int parallelism)
    {
        var options = new BlockOptions { Name = "blocks", Parallelism = parallelism, Threads = WorkerThreads.Dedicated };
        Pipeline<int> numbers = Pipeline.Range(0, 100);
        Func<Pipeline<int>, Pipeline<int>>[] blocks =
        [
            p => p.Select(Look, options), p => p.Where(x => Look(x) >= 0, options), p => p.Do(x => Look(x), options),
            p => p.SelectMany(x => (int[])[Look(x)], options), p => p.SelectAsync(x => new ValueTask<int>(Look(x)), options),
            p => p.Parallel(section => section.Select(Look, new() { Name = "blocks" }), options with { Name = null }),
        ];
        foreach (Func<Pipeline<int>, Pipeline<int>> block in blocks)
        {
            Assert.Equal(100, await Patience.WithAsync(block(numbers).CountAsync()));
        }

        static int Look(int x)
        {
            Assert.False(Thread.CurrentThread.IsThreadPoolThread);
            Assert.Equal("blocks", Thread.CurrentThread.Name);
            return x;
        }
    }

    [Fact]
    public async Task Threads_OfARunThatHasEnded_End()
    {
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<Thread, bool>();
        var options = new BlockOptions { Parallelism = 3, Threads = WorkerThreads.Dedicated };
        await Patience.WithAsync(Pipeline.Range(0, 1000).Do(_ => threads[Thread.CurrentThread] = true, options).CountAsync());

        Assert.InRange(threads.Count, 1, 3);
        Assert.All(threads.Keys, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60))));
    }

    [Fact]
    public async Task Threads_RunWithAScheduler_AreTheSchedulers()
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        await Patience.WithAsync(Pipeline.Range(0, 10).Do(
            _ => Assert.Same(scheduler, TaskScheduler.Current), new() { Parallelism = 3, Threads = WorkerThreads.Dedicated })
            .CountAsync(new PipelineOptions { Scheduler = scheduler }));
    }

    [Fact]
    public void Threads_NoneOfThem_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>("Threads", () => new BlockOptions { Threads = (WorkerThreads)7 });
}
