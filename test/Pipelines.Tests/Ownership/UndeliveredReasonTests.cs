namespace Pipelines.Tests.Ownership;

/// <summary>What was given up on the way to a failure says that it was for that: some of it goes no further before the failure has ended the run.</summary>
public sealed class UndeliveredReasonTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task FailedRun_EveryItemThatDidNotGetThrough_SaysFailed(int parallelism)
    {
        for (int round = 0; round < 200; round++)
        {
            List<UndeliveredItem> back = [];
            List<int> consumed = [];
            await using PipelineRun run = Pipeline.Range(0, 200)
                .SelectAsync(async number =>
                {
                    await Task.Yield();
                    return number == 50 ? throw new InvalidDataException() : number;
                }, new() { Parallelism = parallelism })
                .Batch(7)
                .ForEachAsync(async batch =>
                {
                    await Task.Yield();
                    consumed.AddRange(batch);
                })
                .Start(new() { OnUndelivered = back.Add });
            PipelineReport report = await Ended.ReportAsync(run);
            IEnumerable<int> given = back.SelectMany(item => item.Item is int[] batch ? batch : [(int)item.Item!]);

            Assert.All(back, item => Assert.Equal(UndeliveredReason.Failed, item.Reason));
            Assert.Equal(Enumerable.Range(0, (int)report.Blocks[0].Out), consumed.Concat(given).Append(50).Order());
            Conservation.AssertHolds(report);
        }
    }
}
