using System.Threading.Channels;

namespace Pipelines.Tests.Execution;

/// <summary>Ends that user code stands in the way of, or that come at an odd moment.</summary>
public sealed class EndingTests
{
    [Fact]
    public async Task StopAsync_DeadlineBeyondAnyTimer_IsAsLongAsItTakes()
    {
        await using PipelineRun run = Pipeline.From(Endless()).ForEach(_ => { }).Start();
        PipelineReport report = await run.StopAsync(TimeSpan.MaxValue).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((RunOutcome.Stopped, 0), (report.Outcome, (int)report.Undelivered));
    }

    [Fact]
    public async Task LimitsBeyondAnyTimer_AreNone()
    {
        List<int[]> batches = await Pipeline.Range(0, 10)
            .SelectAsync(x => new ValueTask<int>(x), new() { Timeout = TimeSpan.MaxValue })
            .Batch(4, TimeSpan.MaxValue)
            .ToListAsync()
            .WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal([4, 4, 2], batches.Select(batch => batch.Length));
    }

    // The callback kept the other token from being cancelled, and whoever waited on that one waited for ever.
    [Fact]
    public async Task Abort_CallbackOfAProducersTokenThrows_CancelsTheOthersAllTheSame()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
            {
                token.Register(() => throw new InvalidDataException("callback"));
                await writer.WriteAsync(1, token);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            })
            .ForEachAsync(async (int _, CancellationToken token) =>
            {
                waiting.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            })
            .Start();
        await waiting.Task;
        run.Abort();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.IsType<InvalidDataException>(Assert.Single(report.LaterFailures).Exception);
    }

    // The run waited for ever for its own last step.
    [Fact]
    public async Task To_WriterThrowsWhenItIsCompleted_FailsTheRun()
    {
        var writer = new StubbornWriter();
        await using PipelineRun run = Pipeline.Range(0, 3).To(writer, expression: "stubborn").Start();

        Assert.Same(writer.Thrown, await Ended.ExceptionAsync(run));
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
        Assert.Equal("stubborn", run.Failure!.Block);
    }

    [Fact]
    public async Task To_WriterThrowsWhenItHearsOfAFailure_KeepsThatFailure()
    {
        var thrown = new InvalidDataException("first");
        var writer = new StubbornWriter();
        await using PipelineRun run = Pipeline.Range(0, 3).Do(_ => throw thrown, new() { Name = "do" }).To(writer, expression: "stubborn").Start();

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.Equal("do", run.Failure!.Block);
        Assert.Same(writer.Thrown, Assert.Single(run.Snapshot().LaterFailures).Exception);
    }

    [Fact]
    public async Task Start_TokenIsCancelledAlready_EndsCancelledWithoutAnyItem()
    {
        int items = 0;
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await using PipelineRun run = Pipeline.From(Endless()).Do(_ => items++).Buffer(3).ForEach(_ => { }).Start(cancellationToken: source.Token);

        Assert.Equal(source.Token, Assert.IsAssignableFrom<OperationCanceledException>(await Ended.ExceptionAsync(run)).CancellationToken);
        Assert.Equal((RunOutcome.Cancelled, 0), (run.Snapshot().Outcome, items));
    }

    [Fact]
    public async Task Verbs_AfterTheEnd_ChangeNothing()
    {
        using var source = new CancellationTokenSource();
        await using PipelineRun run = Pipeline.Range(0, 3).ForEach(_ => { }).Start(cancellationToken: source.Token);
        PipelineReport report = await run.Completion;
        run.Abort();
        await source.CancelAsync();

        Assert.Same(report, await run.StopAsync(Timeout.InfiniteTimeSpan));
        Assert.Equal(RunOutcome.Completed, run.Snapshot().Outcome);
    }

    [Fact]
    public async Task Abort_FromADelegate_EndsTheRun()
    {
        PipelineRun? run = null;
        var started = new TaskCompletionSource();
        run = Pipeline.From(Endless()).SelectAsync(async x => { await started.Task; run!.Abort(); return x; }).ForEach(_ => { }).Start();
        started.SetResult();

        Assert.Equal(RunOutcome.Stopped, (await Ended.ReportAsync(run)).Outcome);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    private static IEnumerable<int> Endless()
    {
        for (int i = 0; ; i++)
        {
            yield return i;
        }
    }

    private sealed class StubbornWriter : ChannelWriter<int>
    {
        public Exception Thrown { get; } = new InvalidDataException("stubborn");

        public override bool TryWrite(int item) => true;

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => new(true);

        public override bool TryComplete(Exception? error = null) => throw Thrown;
    }
}
