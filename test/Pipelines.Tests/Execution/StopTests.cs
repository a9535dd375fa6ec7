using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Execution;

public sealed class StopTests
{
    [Fact]
    public async Task StopAsync_DeadlinePassesWhileAConsumerIsStuck_AbortsAndGivesBackTheRest()
    {
        var time = new FakeTimeProvider();
        var stuck = new TaskCompletionSource();
        var behind = new TaskCompletionSource();
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        List<object?> undelivered = [];
        await using PipelineRun run = Pipeline.From(Numbers())
            .ForEachAsync(async (int _, CancellationToken token) =>
            {
                token.Register(() => aborted.TrySetResult());
                stuck.TrySetResult();
                await release.Task; // obeys no token
            })
            .Start(new PipelineOptions { TimeProvider = time, OnUndelivered = item => undelivered.Add(item.Item) });
        await stuck.Task;
        await behind.Task; // a stop that comes earlier leaves nothing behind the item that is stuck
        Task<PipelineReport> stopping = run.StopAsync(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(stopping.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(60)); // a release that comes earlier lets everything through
        release.SetResult();
        await stopping.WaitAsync(TimeSpan.FromSeconds(60)); // with what stands, if the consumer has taken its time to come back
        PipelineReport report = await run.Completion.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.True(report.Undelivered > 0);
        Assert.Equal(report.Undelivered, undelivered.Count);
        Conservation.AssertHoldsInLine(report);

        IEnumerable<int> Numbers()
        {
            for (int number = 0; number < 100; number++)
            {
                if (number == 10)
                {
                    behind.SetResult();
                }

                yield return number;
            }
        }
    }

    [Fact]
    public async Task StopAsync_AfterTheEnd_ReturnsTheSameReport()
    {
        await using PipelineRun run = Pipeline.Range(0, 10).ForEach(_ => { }).Start();
        PipelineReport report = await run.Completion;

        Assert.Same(report, await run.StopAsync(TimeSpan.Zero));
        Assert.Equal(RunOutcome.Completed, report.Outcome);
    }

    [Fact]
    public async Task StopAsync_NegativeDeadline_Throws()
    {
        await using PipelineRun run = Pipeline.Range(0, 10).ForEach(_ => { }).Start();
        Assert.Equal("timeout", Assert.Throws<ArgumentOutOfRangeException>(() => { _ = run.StopAsync(TimeSpan.FromSeconds(-2)); }).ParamName);
    }

    [Fact]
    public async Task StopAsync_SequenceThatWaitsOnItsToken_EndsTheStreamThere()
    {
        List<int> consumed = [];
        var waiting = new TaskCompletionSource();
        await using PipelineRun run = Pipeline.From(Source()).ForEach(consumed.Add).Start();
        await waiting.Task;
        PipelineReport report = await run.StopAsync(Timeout.InfiniteTimeSpan).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal([1, 2], consumed);

        async IAsyncEnumerable<int> Source([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
        {
            yield return 1;
            yield return 2;
            waiting.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        }
    }

    [Fact]
    public async Task StopAsync_Produce_SeesItsTokenAndItsLastWritesArrive()
    {
        List<int> consumed = [];
        var waiting = new TaskCompletionSource();
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
            {
                await writer.WriteAsync(1, token);
                waiting.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(_ => { }, TaskScheduler.Default);
                await writer.WriteAsync(2, CancellationToken.None);
            })
            .ForEach(consumed.Add)
            .Start();
        await waiting.Task;
        PipelineReport report = await run.StopAsync(Timeout.InfiniteTimeSpan).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((RunOutcome.Stopped, 0), (report.Outcome, (int)report.Undelivered));
        Assert.Equal([1, 2], consumed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PartialBatch_IsFlushedByAStopAndGivenBackByAnAbort(bool abort)
    {
        List<int[]> batches = [];
        var time = new FakeTimeProvider();
        var produced = new TaskCompletionSource();
        int undelivered = 0;
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
            {
                await writer.WriteAsync(1, token);
                await writer.WriteAsync(2, token);
                produced.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            })
            .Batch(10, TimeSpan.FromSeconds(1))
            .ForEach(batches.Add)
            .Start(new PipelineOptions { TimeProvider = time, OnUndelivered = _ => undelivered++ });
        await produced.Task;
        if (abort)
        {
            run.Abort();
        }
        else
        {
            _ = run.StopAsync(Timeout.InfiniteTimeSpan);
        }

        PipelineReport report = await Ended.ReportAsync(run);
        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal(abort ? 0 : 2, batches.Sum(batch => batch.Length));
        Assert.Equal(abort ? 2 : 0, undelivered);
    }
}
