using System.Threading.Channels;

namespace Pipelines.Tests.Blocks;

/// <summary>Producers written in code.</summary>
public sealed class ProduceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public async Task Produce_SeveralWriters_YieldsAllAndKeepsEachWritersOrder(int capacity)
    {
        Pipeline<int> pipeline = Pipeline.Produce<int>((writer, token) => Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                await writer.WriteAsync((i * 4) + number, token);
            }
        }))));
        List<int> items = await Patience.WithAsync(pipeline.ToListAsync(new PipelineOptions { Capacity = capacity }));

        Assert.Equal(Enumerable.Range(0, 2000), items.Order());
        Assert.All(items.GroupBy(x => x % 4), one => Assert.Equal(one.Order(), one));
    }

    [Fact]
    public async Task Produce_Returns_EndsTheStreamAndRefusesLaterWrites()
    {
        ChannelWriter<int>? kept = null;
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
        {
            kept = writer;
            await writer.WriteAsync(1, token);
        }).ForEach(_ => { }).Start();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Assert.Equal(1, report.Blocks[^1].Out);
        Assert.False(kept!.TryWrite(2));
        Assert.False(await Patience.WithAsync(kept.WaitToWriteAsync().AsTask()));
        await Assert.ThrowsAsync<ChannelClosedException>(() => Patience.WithAsync(kept.WriteAsync(2).AsTask()));
    }

    [Fact]
    public async Task Produce_CompletesTheWriter_EndsTheStreamThere()
    {
        List<int> consumed = [];
        bool refused = false;
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
        {
            await writer.WriteAsync(1, token);
            writer.Complete();
            refused = !writer.TryWrite(2);
        }).ForEach(consumed.Add).Start();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Assert.Equal([1], consumed);
        Assert.True(refused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Produce_ThrowsOrCompletesWithAnError_FailsWithThatError(bool throws)
    {
        var error = new InvalidDataException();
        await using PipelineRun run = Pipeline.Produce<int>(
            async (writer, token) =>
            {
                await writer.WriteAsync(1, token);
                writer.Complete(throws ? null : error);
                _ = throws ? throw error : 0;
            },
            new() { Name = "source" }).ForEach(_ => { }).Start();

        Assert.Same(error, await Ended.ExceptionAsync(run));
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
        Assert.Equal("source", run.Failure!.Block);
        Assert.Null(run.Failure.Item);
    }

    // The reader has left by then, since it has everything: that was taken for a reader who has had enough, and the failure for an answer to it.
    [Fact]
    public void Produce_CompletesAndThrowsWhenEverythingHasArrived_FailsWithThatError()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var error = new InvalidDataException();
            var scheduler = new StepScheduler(seed);
            List<int> consumed = [];
            PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
            {
                await writer.WriteAsync(1, token);
                writer.Complete();
                for (int i = 0; i < seed; i++)
                {
                    await Task.Yield();
                }

                throw error;
            }).ForEach(consumed.Add).Start(new() { Scheduler = scheduler });
            scheduler.RunToItsEnd(run);

            Assert.Same(error, run.Completion.Exception?.InnerException);
            Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
        }
    }

    [Fact]
    public async Task Produce_IgnoresItsToken_RunIsStoppedWhenItReturnsWithAllItWrote()
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int accepted = 0;
        CancellationToken seen = default;
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
        {
            seen = token;
            accepted += writer.TryWrite(1) ? 1 : 0;
            written.SetResult();
            await released.Task;
            accepted += writer.TryWrite(2) ? 1 : 0;
        }).ForEach(_ => { }).Start();
        await Patience.WithAsync(written.Task, run);
        Task<PipelineReport> stopping = run.StopAsync(Timeout.InfiniteTimeSpan);
        Assert.False(stopping.IsCompleted);
        released.SetResult();
        PipelineReport report = await Patience.WithAsync(stopping, run);

        Assert.True(seen.IsCancellationRequested);
        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal(accepted, report.Blocks[0].Out);
        Assert.Equal(accepted, report.Blocks[^1].Out);
        Assert.Equal(0, report.Undelivered);
    }

    [Fact]
    public async Task Produce_NobodyTakesAnyMore_RefusesWritesAndCompletes()
    {
        List<int> consumed = [];
        Exception? refusal = null;
        int returned = 0;
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, _) =>
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    await writer.WriteAsync(i, CancellationToken.None);
                }
            }
            catch (ChannelClosedException error)
            {
                refusal = error;
                throw;
            }
        }).Take(3).ForEach(consumed.Add).Start(new PipelineOptions { Capacity = 2, OnUndelivered = _ => returned++ });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Assert.NotNull(refusal);
        Assert.Equal([0, 1, 2], consumed);
        Assert.Equal(report.Undelivered, returned);
        Conservation.AssertHoldsInLine(report);
    }
}
