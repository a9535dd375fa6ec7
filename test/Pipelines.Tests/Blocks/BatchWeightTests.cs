namespace Pipelines.Tests.Blocks;

public sealed class BatchWeightTests
{
    // The sum went below zero, so the batch was never heavy enough again.
    [Fact]
    public async Task Batch_WeightBeyondAnySum_GoesAlone()
    {
        List<int[]> batches = await Pipeline.Range(0, 6).Batch(10, x => x == 2 ? long.MaxValue : 1).ToListAsync();

        Assert.Equal([[0, 1], [2], [3, 4, 5]], batches);
    }

    [Fact]
    public async Task Batch_NegativeWeight_FailsOnThatItem()
    {
        await using PipelineRun run = Pipeline.Range(0, 6).Batch(10, x => x == 2 ? -1 : 1).ForEach(_ => { }).Start();

        Assert.IsType<ArgumentOutOfRangeException>(await Ended.ExceptionAsync(run));
        Assert.Equal(2, run.Failure!.Item);
    }
}
