using System.Threading.Channels;

namespace Pipelines.Tests.Blocks;

/// <summary>A stop while a Concat waits, in a branch, for what comes before the branch's items.</summary>
public sealed class ConcatStopTests
{
    // What was on its way to the branch was counted as undelivered although the run drained.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Concat_InBranchAndStopped_PassesOnWhatTheBranchHasReceived(bool branchIsFirst)
    {
        var scheduler = new StepScheduler(1);
        var source = Channel.CreateUnbounded<int>();
        var other = Channel.CreateUnbounded<int>();
        Enumerable.Range(0, 5).ToList().ForEach(item => source.Writer.TryWrite(item));
        List<int> branch = [];
        PipelineRun run = Pipeline.From(source.Reader)
            .Tee(line => (branchIsFirst ? Pipeline.Concat(line, Pipeline.From(other.Reader)) : Pipeline.Concat(Pipeline.From(other.Reader), line))
                .ForEach(branch.Add))
            .ForEach(_ => { })
            .Start(new PipelineOptions { Scheduler = scheduler });
        while (run.Snapshot().Blocks[0].Out < 5)
        {
            Assert.True(scheduler.Step());
        }

        _ = run.StopAsync(Timeout.InfiniteTimeSpan);
        scheduler.RunToItsEnd(run);

        Assert.Equal(Enumerable.Range(0, 5), branch);
        Assert.Equal(RunOutcome.Stopped, run.Snapshot().Outcome);
        Assert.Equal(0, run.Snapshot().Undelivered);
    }
}
