using System.Threading.Channels;

namespace Pipelines.Testing.Tests.Documentation;

/// <summary>The examples of the page on testing. They are tests, as they would stand in a user's project.</summary>
public sealed class TestingPageTests
{
    // snippet: explore
    [Fact]
    public void Enrich_AnyInterleaving_KeepsOrderAndLosesNothing() =>
        DeterministicScheduler.Explore(iterations: 1000, async scheduler =>
        {
            List<string> stored = [];
            await using PipelineRun run = scheduler.Watch(Pipeline
                .Range(0, 20)
                .SelectAsync(EnrichAsync, new() { Parallelism = 3 })
                .ForEach(stored.Add)
                .Start(scheduler.Options with { Capacity = 4 }));
            PipelineReport report = await run.Completion;

            Assert.Equal(Enumerable.Range(0, 20).Select(number => $"order {number}"), stored);
            Assert.Equal(0, report.Undelivered);
        });
    // end

    // snippet: deadlock
    [Fact]
    public void Feedback_LinkIsFull_IsFoundAndNotWaitedFor()
    {
        ExplorationException found = Assert.Throws<ExplorationException>(() =>
            DeterministicScheduler.Explore(iterations: 100, async scheduler =>
            {
                Channel<int> feedback = Channel.CreateBounded<int>(1);
                feedback.Writer.TryWrite(0);
                await using PipelineRun run = scheduler.Watch(Pipeline
                    .From(feedback.Reader)
                    .SelectMany(x => new[] { x + 1, x + 2 })
                    .ForEachAsync(async (x, token) => await feedback.Writer.WriteAsync(x, token))    // writes twice what it reads
                    .Start(scheduler.Options with { Capacity = 1 }));
                await run.Completion;
            }));

        Assert.IsType<DeadlockException>(found.InnerException);
    }
    // end

    // snippet: batch
    [Fact]
    public void Batch_TrickleOfItems_GoesOutAtItsAge() =>
        DeterministicScheduler.Explore(iterations: 100, async scheduler =>
        {
            var lines = new TestProducer<string>();
            var batches = new TestConsumer<string[]>();
            await using PipelineRun run = scheduler.Watch(batches
                .Close(lines.Pipeline.Batch(100, maxAge: TimeSpan.FromHours(1)))
                .Start(scheduler.Options));

            long begun = scheduler.TimeProvider.GetTimestamp();
            await lines.EmitAsync("a");
            await lines.EmitAsync("b");
            Assert.Equal(["a", "b"], await batches.TakeAsync());                                     // after an hour, at once
            Assert.Equal(TimeSpan.FromHours(1), scheduler.TimeProvider.GetElapsedTime(begun));

            lines.Complete();
            await batches.EndAsync();
            await run.Completion;
        });
    // end

    private static async Task<string> EnrichAsync(int number)
    {
        await Task.Yield();
        return $"order {number}";
    }
}
