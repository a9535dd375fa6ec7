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

    // The rest of a run, given to others because an item of it was pending, was never begun when an item behind it had failed meanwhile. So the head
    // never came to the failed item, what stood before it was lost, and the failure was found only among what was left over.
    [Fact]
    public async Task SelectAsync_ItemFailsBeforeARunInFrontOfItIsReturned_AllBeforeItGetThrough()
    {
        using var closed = new ManualResetEventSlim();
        var thrown = new InvalidDataException();
        var gate = new Lock();
        int held = int.MaxValue;
        int failed = int.MaxValue;
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.Range(0, int.MaxValue)
            .SelectAsync(() => new Leaving(closed), (_, item, _) => Work(item), new() { Parallelism = 2, Capacity = 64 })
            .ForEach(consumed.Add)
            .Start(new PipelineOptions { TimeProvider = new FakeTimeProvider() });

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.Equal(Enumerable.Range(0, failed), consumed);
        Assert.Equal(failed, run.Failure!.Item);
        Conservation.AssertHoldsInLine(run.Snapshot());

        ValueTask<int> Work(int item)
        {
            bool holds;
            lock (gate)
            {
                if (item > held && failed == int.MaxValue)
                {
                    failed = item; // of the other worker, so of a later run
                    throw thrown;
                }

                holds = item >= 8 && held == int.MaxValue;
                held = holds ? item : held;
            }

            if (!holds)
            {
                return ValueTask.FromResult(item);
            }

            closed.Wait(TimeSpan.FromSeconds(60));
            return LaterAsync(item);
        }

        static async ValueTask<int> LaterAsync(int item)
        {
            await Task.Yield();
            return item;
        }
    }

    /// <summary>Says when a worker goes home: the first to do so is the one whose item has failed, when nothing more is claimed.</summary>
    private sealed class Leaving(ManualResetEventSlim closed) : IDisposable
    {
        public void Dispose() => closed.Set();
    }
}
