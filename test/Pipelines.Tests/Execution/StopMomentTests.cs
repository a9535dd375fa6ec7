using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Execution;

/// <summary>A stop at each moment of a run's life: before it, in its middle, after its end.</summary>
public sealed class StopMomentTests
{
    [Theory]
    [InlineData("enumerable")]
    [InlineData("asynchronous")]
    [InlineData("produce")]
    [InlineData("range")]
    public async Task StopAsync_BeforeTheFirstItem_EndsStoppedWithoutAnyItem(string source)
    {
        var scheduler = new HeldScheduler();
        int asked = 0;
        List<int> consumed = [];
        Pipeline<int> pipeline = source switch
        {
            "enumerable" => Pipeline.From(Items()),
            "asynchronous" => Pipeline.From(ItemsAsync()),
            "range" => Pipeline.Range(0, 100).Do(_ => asked++),
            _ => Pipeline.Produce<int>((writer, token) =>
            {
                asked++;
                return writer.WriteAsync(1, token).AsTask();
            }),
        };
        await using PipelineRun run = pipeline.Buffer(2).ForEach(consumed.Add).Start(new PipelineOptions { Scheduler = scheduler });
        Task<PipelineReport> stopping = run.StopAsync(Timeout.InfiniteTimeSpan);
        scheduler.Release();
        await Ended.ReportAsync(run);
        PipelineReport report = await stopping;

        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal(0, asked);
        Assert.Empty(consumed);
        Assert.All(report.Blocks, block => Assert.Equal((0, 0), (block.In, block.Out)));

        IEnumerable<int> Items()
        {
            asked++;
            yield return 1;
        }

        async IAsyncEnumerable<int> ItemsAsync()
        {
            asked++;
            await Task.Yield();
            yield return 1;
        }
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("cancel")]
    public async Task Run_EndedBeforeTheFirstItem_CallsNoUserCode(string ending)
    {
        var scheduler = new HeldScheduler();
        using var source = new CancellationTokenSource();
        int calls = 0;
        await using PipelineRun run = Pipeline.Range(0, 100)
            .Do(_ => calls++)
            .SelectAsync(x => new ValueTask<int>(x + calls++), new() { Parallelism = 2 })
            .ForEach(_ => calls++)
            .Start(new PipelineOptions { Scheduler = scheduler }, source.Token);
        if (ending == "abort")
        {
            run.Abort();
        }
        else
        {
            await source.CancelAsync();
        }

        scheduler.Release();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(ending == "abort" ? RunOutcome.Stopped : RunOutcome.Cancelled, report.Outcome);
        Assert.Equal((0, 0L), (calls, report.Undelivered));
    }

    [Fact]
    public async Task Start_TokenIsCancelledAlready_EndsCancelledWithThatToken()
    {
        int calls = 0;
        var token = new CancellationToken(canceled: true);
        await using PipelineRun run = Pipeline.Range(0, 10).ForEach(_ => calls++).Start(cancellationToken: token);

        Assert.Equal(token, Assert.IsAssignableFrom<OperationCanceledException>(await Ended.ExceptionAsync(run)).CancellationToken);
        Assert.Equal((0, RunOutcome.Cancelled), (calls, run.Snapshot().Outcome));
    }

    [Fact]
    public async Task StopAsync_Twice_BothReturnTheSameReport()
    {
        await using var held = await HeldConsumer.StartAsync();
        Task<PipelineReport> first = held.Run.StopAsync(Timeout.InfiniteTimeSpan);
        Task<PipelineReport> second = held.Run.StopAsync(TimeSpan.FromDays(1));
        held.Release();
        await Ended.ReportAsync(held.Run);

        Assert.Same(await first, await second);
        Assert.Equal(RunOutcome.Stopped, (await first).Outcome);
        Assert.Equal(0, (await first).Undelivered);
    }

    [Fact]
    public async Task StopAsync_SecondHasAnEarlierDeadline_ThatOneCounts()
    {
        await using var held = await HeldConsumer.StartAsync();
        Task<PipelineReport> patient = held.Run.StopAsync(Timeout.InfiniteTimeSpan);
        Task<PipelineReport> hasty = held.Run.StopAsync(TimeSpan.Zero);
        held.Release();
        await Ended.ReportAsync(held.Run);

        Assert.Same(await patient, await hasty);
        Assert.InRange((await hasty).Undelivered, 1, long.MaxValue);
        Conservation.AssertHoldsInLine(await hasty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StopAsync_DeadlineIsZero_AbortsAtOnce(bool afterAbort)
    {
        await using var held = await HeldConsumer.StartAsync();
        if (afterAbort)
        {
            held.Run.Abort();
        }

        Task<PipelineReport> stopping = held.Run.StopAsync(TimeSpan.Zero);
        held.Release();
        PipelineReport report = await Ended.ReportAsync(held.Run);

        Assert.Same(await stopping, await held.Run.Completion);
        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.InRange(report.Undelivered, 1, long.MaxValue);
        Conservation.AssertHoldsInLine(report);
    }

    [Fact]
    public async Task StopAsync_DeadlineBeyondAnyTimer_WaitsForTheEnd()
    {
        await using var held = await HeldConsumer.StartAsync();
        Task<PipelineReport> stopping = held.Run.StopAsync(TimeSpan.MaxValue);
        held.Release();
        await Ended.ReportAsync(held.Run);

        Assert.Equal((RunOutcome.Stopped, 0L), ((await stopping).Outcome, (await stopping).Undelivered));
    }

    [Fact]
    public async Task TimeLimitAndBatchAge_BeyondAnyTimer_AreNeverReached()
    {
        List<int[]> batches = [];
        PipelineReport report = await Pipeline.Range(0, 3)
            .SelectAsync(x => new ValueTask<int>(x), new() { Timeout = TimeSpan.MaxValue })
            .Batch(2, TimeSpan.MaxValue)
            .ForEach(batches.Add)
            .RunAsync();

        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Assert.Equal([[0, 1], [2]], batches);
    }

    [Fact]
    public async Task Abort_SequenceThatWaitsOnItsToken_IsDisposedBeforeTheEnd()
    {
        bool disposed = false;
        var waiting = new TaskCompletionSource();
        await using PipelineRun run = Pipeline.From(Source()).ForEach(_ => { }).Start(new PipelineOptions { TimeProvider = new FakeTimeProvider() });
        await waiting.Task;
        run.Abort();
        await Ended.ReportAsync(run);
        Assert.True(disposed);

        async IAsyncEnumerable<int> Source([EnumeratorCancellation] CancellationToken token = default)
        {
            var never = new TaskCompletionSource();
            try
            {
                yield return 1;
                waiting.SetResult();
                await never.Task.WaitAsync(token);
            }
            finally
            {
                disposed = true;
            }
        }
    }
}
