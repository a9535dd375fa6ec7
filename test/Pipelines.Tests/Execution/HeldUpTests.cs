using System.Threading.Channels;

namespace Pipelines.Tests.Execution;

/// <summary>Code that was told to end and does not return holds up the end of its run, which no library can change: but the report says who it is.</summary>
public sealed class HeldUpTests
{
    [Theory]
    [InlineData("sequence", "stop")]
    [InlineData("sequence", "abort")]
    [InlineData("asynchronous sequence", "stop")]
    [InlineData("asynchronous sequence", "abort")]
    [InlineData("code", "stop")]
    [InlineData("code", "abort")]
    public async Task Snapshot_ProducerThatDoesNotReturn_NamesIt(string source, string ending)
    {
        var stuck = new TaskCompletionSource();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pipeline<int> producer = source switch
        {
            "sequence" => Pipeline.From(StuckProducer()),
            "asynchronous sequence" => Pipeline.From(StuckProducerAsync(), new() { Name = "StuckProducer()" }),
            _ => Pipeline.Produce<int>(StuckProducerInCodeAsync, new() { Name = "StuckProducer()" }),
        };
        await using PipelineRun run = producer.Select(x => x, new BlockOptions { Parallelism = 2 }).ForEach(_ => { }).Start();
        await stuck.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(run.Snapshot().HeldUpBy);
        if (ending == "stop")
        {
            _ = run.StopAsync(Timeout.InfiniteTimeSpan);
        }
        else
        {
            run.Abort();
        }

        PipelineReport held = run.Snapshot();
        release.SetResult();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Contains("StuckProducer()", held.HeldUpBy);
        Assert.Contains("The end is held up by StuckProducer()", held.ToString(), StringComparison.Ordinal);
        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Empty(report.HeldUpBy);

        IEnumerable<int> StuckProducer()
        {
            yield return 1;
            stuck.SetResult();
            release.Task.Wait();
        }

        async IAsyncEnumerable<int> StuckProducerAsync()
        {
            yield return 1;
            stuck.SetResult();
            await release.Task;
        }

        Task StuckProducerInCodeAsync(ChannelWriter<int> writer, CancellationToken token)
        {
            stuck.SetResult();
            return release.Task;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Snapshot_DelegateThatDoesNotReturnWhileTheRunAborts_NamesItsBlock(bool fused)
    {
        var stuck = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        Pipeline<int> pipeline = Pipeline.Range(0, 10).Select(x => x, new() { Name = "before" });
        await using PipelineRun run = (
            fused ? pipeline.Do(Stick, new() { Name = "stuck" }) : pipeline.SelectAsync(StickAsync, new() { Name = "stuck", Parallelism = 2 }))
            .ForEach(_ => { })
            .Start();
        await stuck.Task.WaitAsync(TimeSpan.FromSeconds(60));
        run.Abort();
        PipelineReport held = run.Snapshot();
        release.TrySetResult();
        await Ended.ReportAsync(run);

        Assert.Contains("stuck", held.HeldUpBy);

        void Stick(int item)
        {
            stuck.TrySetResult();
            release.Task.Wait();
        }

        async Task<int> StickAsync(int item)
        {
            stuck.TrySetResult();
            await release.Task;
            return item;
        }
    }
}
