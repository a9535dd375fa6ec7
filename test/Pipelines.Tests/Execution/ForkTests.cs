namespace Pipelines.Tests.Execution;

/// <summary>A main line that has had enough while its branch goes on, and that fills up while it flushes.</summary>
public sealed class ForkTests
{
    // What was left of the flush waited for the end of the source.
    [Fact]
    public async Task MainLineEnds_WhileItsLinkIsFull_FlushesBeforeTheSourceIsAskedAgain()
    {
        List<int> main = [];
        List<int> branch = [];
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.From(Source())
            .Tee(line => line.ForEach(branch.Add))
            .Take(3)
            .Batch(10)
            .SelectMany(batch => batch, new() { Name = "flatten" })
            .ForEachAsync(async x =>
            {
                await Task.Yield();
                main.Add(x);
                if (main.Count == 3)
                {
                    flushed.SetResult();
                }
            })
            .Start(new PipelineOptions { Capacity = 1 });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal([0, 1, 2], main);
        Assert.Equal(Enumerable.Range(0, 6), branch);
        Conservation.AssertHolds(report);

        async IAsyncEnumerable<int> Source()
        {
            for (int i = 0; i < 6; i++)
            {
                if (i == 5)
                {
                    await flushed.Task;
                }

                yield return i;
            }
        }
    }

    // It asked again and again whether there was room, and held the one thread on which room could be made.
    [Fact]
    public void MainLineEnds_WhileItsLinkIsFull_WaitsWithoutSpinning()
    {
        var scheduler = new StepScheduler(1);
        List<int> main = [];
        PipelineRun run = Pipeline.Range(0, 10)
            .Tee(line => line.ForEach(_ => { }))
            .Take(3)
            .Batch(10)
            .SelectMany(batch => batch, new() { Name = "flatten" })
            .ForEachAsync(async x =>
            {
                await Task.Yield();
                main.Add(x);
            })
            .Start(new PipelineOptions { Capacity = 1, Scheduler = scheduler });
        scheduler.RunToItsEnd(run);

        Assert.Equal([0, 1, 2], main);
        Conservation.AssertHolds(run.Snapshot());
    }
}
