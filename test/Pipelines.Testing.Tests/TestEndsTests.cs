namespace Pipelines.Testing.Tests;

/// <summary>The producer and the consumer that a test holds in its hand.</summary>
public sealed class TestEndsTests
{
    [Fact]
    public void TestProducer_PipelineIsFull_ShowsNoDemandUntilTheConsumerTakes()
    {
        DeterministicScheduler.Explore(200, async scheduler =>
        {
            var producer = new TestProducer<int>();
            var consumer = new TestConsumer<int>();
            await using PipelineRun run = scheduler.Watch(consumer.Close(producer.Pipeline).Start(scheduler.Options with { Capacity = 1 }));
            await producer.DemandAsync();
            Assert.True(producer.HasDemand);
            await producer.EmitAsync(1);
            Task second = producer.EmitAsync(2);
            Task third = producer.EmitAsync(3);
            Assert.False(third.IsCompleted);

            Assert.Equal(1, await consumer.TakeAsync());
            await second;
            Assert.Equal(2, await consumer.TakeAsync());
            await third;
            Task<int> waiting = consumer.TakeAsync();
            Assert.Equal(3, await waiting);
            producer.Complete();
            await consumer.EndAsync();
            Assert.Equal(RunOutcome.Completed, (await run.Completion).Outcome);
            Assert.Throws<InvalidOperationException>(() => { _ = producer.EmitAsync(4); });
        });
    }

    [Fact]
    public void TestConsumer_WrongExpectation_SaysSo()
    {
        DeterministicScheduler.Explore(100, async scheduler =>
        {
            var consumer = new TestConsumer<int>();
            await using PipelineRun run = consumer.Close(Pipeline.Range(5, 1)).Start(scheduler.Options);

            InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(consumer.EndAsync);
            Assert.Contains("5", thrown.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<InvalidOperationException>(consumer.TakeAsync);
            await run.Completion;
            await consumer.EndAsync();
            Assert.Contains("ended", (await Assert.ThrowsAsync<InvalidOperationException>(consumer.FailureAsync)).Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void TestProducer_Fails_FailsTheRunBehindWhatWasEmitted()
    {
        DeterministicScheduler.Explore(100, async scheduler =>
        {
            var error = new InvalidDataException();
            var producer = new TestProducer<int>();
            var consumer = new TestConsumer<int>();
            await using PipelineRun run = consumer.Close(producer.Pipeline).Start(scheduler.Options);
            Task emitted = producer.EmitAsync(1);
            Assert.Equal(1, await consumer.TakeAsync());
            await emitted;
            producer.Fail(error);

            Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => run.Completion));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(consumer.TakeAsync);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(consumer.EndAsync);
            await consumer.FailureAsync();
        });
    }

    [Fact]
    public void TestProducer_RunIsAborted_CancelsWhatWasNotTaken()
    {
        DeterministicScheduler.Explore(100, async scheduler =>
        {
            var producer = new TestProducer<int>();
            await using PipelineRun run = new TestConsumer<int>().Close(producer.Pipeline).Start(scheduler.Options with { Capacity = 1 });
            Task[] emitted = [.. Enumerable.Range(0, 5).Select(producer.EmitAsync)];
            await emitted[0];
            run.Abort();
            await run.Completion;

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => emitted[4]);
        });
    }
}
