using System.Threading.Channels;

namespace Pipelines.Tests.Execution;

// Runs that end while they are paused, or had ended before.
public sealed partial class PauseTests
{
    [Theory]
    [InlineData("stop")]
    [InlineData("abort")]
    [InlineData("cancel")]
    [InlineData("dispose")]
    public async Task Run_EndedWhilePaused_EndsLikeAnyOther(string ending)
    {
        using var source = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        await using PipelineRun run = Pipeline
            .Merge(Pipeline.Range(0, int.MaxValue), EndlessSource.Of("code", CancellationToken.None))
            .ForEach(_ => begun.TrySetResult())
            .Start(cancellationToken: source.Token);
        await begun.Task.WaitAsync(s_patience);
        await run.PauseAsync().WaitAsync(s_patience);
        switch (ending)
        {
            case "stop":
                _ = run.StopAsync(Timeout.InfiniteTimeSpan);
                break;
            case "abort":
                run.Abort();
                break;
            case "cancel":
                await source.CancelAsync();
                break;
            case "dispose":
                await run.DisposeAsync();
                break;
        }

        PipelineReport report = await Ended.ReportAsync(run);
        Assert.Equal(ending == "cancel" ? RunOutcome.Cancelled : RunOutcome.Stopped, report.Outcome);
        Assert.False(run.IsPaused);
        Assert.Equal(0, report.Undelivered); // all of it had arrived when the run came to rest
        run.Resume();
        await run.PauseAsync().WaitAsync(s_patience);
        Conservation.AssertHolds(report);
    }

    [Fact]
    public async Task PauseAsync_RunThatFailsMeanwhile_ThrowsThat()
    {
        var begun = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using PipelineRun run = Pipeline.Range(0, int.MaxValue).ForEachAsync(async x =>
        {
            begun.TrySetResult();
            await release.Task;
            throw new InvalidDataException();
        }).Start();
        await begun.Task.WaitAsync(s_patience);
        Task pausing = run.PauseAsync();
        release.SetResult();
        await Assert.ThrowsAsync<InvalidDataException>(() => pausing.WaitAsync(s_patience));
        await Assert.ThrowsAsync<InvalidDataException>(() => run.Completion.WaitAsync(s_patience));
    }

    [Fact]
    public async Task PauseAsync_AfterTheEnd_ChangesNothing()
    {
        await using PipelineRun run = Pipeline.Range(0, 10).ForEach(_ => { }).Start();
        await run.Completion;
        await run.PauseAsync();
        Assert.False(run.IsPaused);
        Assert.Equal(RunOutcome.Completed, run.Snapshot().Outcome);
    }
}
