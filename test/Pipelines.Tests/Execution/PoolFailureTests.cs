using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Execution;

/// <summary>A block that is fused behind a pool fails, on the thread of whichever worker passes results on.</summary>
public sealed class PoolFailureTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task SelectAsync_BlockBehindFailsOnTheFlush_RunFails(int last)
    {
        // Whose item comes last closes the pool, and the other worker, woken by that, is the last to end: it flushes.
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thrown = new InvalidDataException();
        int begun = 0;
        await using PipelineRun run = Pipeline.Range(0, 2)
            .SelectAsync(
                async x =>
                {
                    if (++begun == 2)
                    {
                        both.SetResult();
                    }

                    await (x == last ? other.Task : both.Task);
                    return x;
                },
                new() { Parallelism = 2, Ordered = false })
            .Do(x => other.TrySetResult())
            .Batch(10)
            .ForEach(_ => throw thrown)
            .Start(new PipelineOptions { Scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler });

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.IsType<int[]>(run.Failure!.Item);
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    [Fact]
    public async Task SelectAsync_BlockBehindFailsWhileAnItemIsPending_WaitsForThatItemAndCountsIt()
    {
        // On one thread, with a clock that stands: the first run is item 0, the second 1 and 2.
        int ended = 0;
        int begun = 0;
        await using PipelineRun run = Pipeline.Range(0, 8)
            .SelectAsync(
                async (x, token) =>
                {
                    begun++;
                    if (x == 2)
                    {
                        var cancelled = new TaskCompletionSource();
                        using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
                        await cancelled.Task;
                    }

                    ended++;
                    return x;
                },
                new() { Parallelism = 2, Capacity = 8 })
            .ForEach(x => _ = x == 1 ? throw new InvalidDataException() : x)
            .Start(new PipelineOptions { TimeProvider = new FakeTimeProvider(), Scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler });

        Assert.IsType<InvalidDataException>(await Ended.ExceptionAsync(run));
        Assert.Equal(begun, ended);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }
}
