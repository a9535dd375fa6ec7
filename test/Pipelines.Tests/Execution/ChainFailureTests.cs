using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Execution;

/// <summary>Failures in the fused blocks behind another block: they are met by code that is about something else.</summary>
public sealed class ChainFailureTests
{
    private readonly InvalidDataException _thrown = new("the original");

    // A pool's last worker flushes what is behind the pool. When it was not the first one that had begun, what that threw was nobody's: the run hung.
    [Fact]
    public async Task Flush_ThrowsOnTheLastWorker_FailsTheRun()
    {
        var firstGone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int created = 0;
        await using PipelineRun run = Pipeline.Range(0, 20)
            .SelectAsync(
                () => new Resource(Interlocked.Increment(ref created) == 1 ? null : firstGone.Task, firstGone),
                async (_, x) => { await Task.Yield(); return x; },
                new() { Parallelism = 2 })
            .Batch(1000)
            .ForEach(_ => throw _thrown, new() { Name = "consume" })
            .Start(new PipelineOptions { Scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler });

        Assert.Same(_thrown, await Ended.ExceptionAsync(run));
        Assert.Equal("consume", run.Failure!.Block);
        Assert.Equal(2, created);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    // The worker first passes on what is done and then awaits the pending item. If the first throws, the second must happen all the same.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pool_ChainThrowsWhileAnItemIsPending_EndsAfterThatItem(bool ordered)
    {
        for (int pending = 1; pending < 24; pending++)
        {
            bool begun = false;
            bool ended = false;
            await using PipelineRun run = Pipeline.Range(0, 100)
                .SelectAsync((x, token) => x == pending ? PendAsync(x, token) : new(x), new() { Parallelism = 2, Capacity = 32, Ordered = ordered })
                .Do(x => _ = x == pending - 1 ? throw _thrown : x)
                .ForEach(_ => { })
                .Start(new PipelineOptions { TimeProvider = new FakeTimeProvider(), Scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler });

            Assert.Same(_thrown, await Ended.ExceptionAsync(run, $"pending: {pending}"));
            Assert.Equal(begun, ended);
            Conservation.AssertHoldsInLine(run.Snapshot(), $"pending: {pending}");

            async ValueTask<int> PendAsync(int x, CancellationToken token)
            {
                begun = true;
                var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using (token.Register(cancelled.SetResult))
                {
                    await cancelled.Task;
                }

                ended = true;
                return x;
            }
        }
    }

    // Two workers at once: one is inside a block behind the pool, the other cannot be made. Not in order: the one that is made second may have claimed first,
    // and in an ordered pool nothing would get to the block behind it before that one's items.
    [Fact]
    public async Task Pool_WorkerCannotBeMadeWhileTheChainIsAtWork_FailsThePoolAndNotTheChain()
    {
        using var inside = new ManualResetEventSlim();
        PipelineRun? run = null;
        int created = 0;
        run = Pipeline.Range(0, 20)
            .Select(
                () =>
                {
                    if (Interlocked.Increment(ref created) == 2)
                    {
                        Assert.True(inside.Wait(TimeSpan.FromSeconds(60)));
                        throw _thrown;
                    }

                    return "worker";
                },
                (_, x) => x,
                new() { Parallelism = 2, Name = "pool", Ordered = false })
            .Do(
                _ =>
                {
                    inside.Set();
                    Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref run)?.Failure is not null, TimeSpan.FromSeconds(60)));
                },
                new() { Name = "behind" })
            .ForEach(_ => { })
            .Start();

        Assert.Same(_thrown, await Ended.ExceptionAsync(run));
        Assert.Equal("pool", run.Failure!.Block);
        Conservation.AssertHoldsInLine(run.Snapshot());
        await run.DisposeAsync();
    }

    // A sequence is closed whatever ends it; what it throws then is another failure, and comes second.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Source_ThrowsOnDisposalAfterTheChainFailed_TheChainsFailureIsTheFirst(bool asynchronous)
    {
        var second = new InvalidDataException("on disposal");
        await using PipelineRun run = (
            asynchronous ? Pipeline.From(SequenceAsync(), new() { Name = "source" }) : Pipeline.From(Sequence(), new() { Name = "source" }))
            .Select(x => x == 3 ? throw _thrown : x, new() { Name = "map" })
            .ForEach(_ => { })
            .Start();

        Assert.Same(_thrown, await Ended.ExceptionAsync(run));
        Assert.Equal(("map", 3), (run.Failure!.Block, run.Failure.Item));
        Assert.Same(second, Assert.Single(run.Snapshot().LaterFailures).Exception);
        Assert.Equal("source", run.Snapshot().LaterFailures[0].Block);
        Conservation.AssertHoldsInLine(run.Snapshot());

        IEnumerable<int> Sequence()
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    yield return i;
                }
            }
            finally
            {
                Throw();
            }
        }

        async IAsyncEnumerable<int> SequenceAsync()
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    await Task.Yield();
                    yield return i;
                }
            }
            finally
            {
                Throw();
            }
        }

        void Throw() => throw second;
    }

    private sealed class Resource(Task? waitFor, TaskCompletionSource gone) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (waitFor is not null)
            {
                await waitFor;
            }

            gone.TrySetResult();
        }
    }
}
