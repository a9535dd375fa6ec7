using System.Collections.Concurrent;

namespace Pipelines.Tests.Blocks;

/// <summary>What goes where when a stream is split.</summary>
public sealed class BranchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(256)]
    public async Task Tee_Branch_GetsEveryItemInOrderAndCountsIt(int capacity)
    {
        List<int> branch = [];
        List<int> main = [];
        await using PipelineRun run = Pipeline.Range(0, 1000).Tee(
            b => b.ForEach(branch.Add, new() { Name = "branch" })).ForEach(main.Add, new() { Name = "main" })
            .Start(new PipelineOptions { Capacity = capacity });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(Enumerable.Range(0, 1000), branch);
        Assert.Equal(Enumerable.Range(0, 1000), main);
        Assert.Equal(1000, report.Blocks.Single(one => one.Name == "branch").In);
        Assert.Equal(1000, report.Blocks.Single(one => one.Name == "branch").Out);
        Assert.Equal(1000, report.Blocks.Single(one => one.Name == "main").Out);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(256)]
    public async Task When_EveryItem_GoesOneWayOnly(int capacity)
    {
        List<int> branch = [];
        List<int> main = [];
        await using PipelineRun run = Pipeline.Range(0, 1000).When(
            x => x % 3 == 0, b => b.ForEach(branch.Add, new() { Name = "branch" })).ForEach(main.Add, new() { Name = "main" })
            .Start(new PipelineOptions { Capacity = capacity });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(Enumerable.Range(0, 1000).Where(x => x % 3 == 0), branch);
        Assert.Equal(Enumerable.Range(0, 1000).Where(x => x % 3 != 0), main);
        Assert.Equal(branch.Count, report.Blocks.Single(one => one.Name == "branch").Out);
        Assert.Equal(main.Count, report.Blocks.Single(one => one.Name == "main").Out);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(16, 256)]
    public async Task Partition_ItemsOfOneKey_StayInOrder(int lanes, int capacity)
    {
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.Range(0, 2000).Partition(x => x % 7, lanes, lane => lane.SelectAsync(YieldAsync)).ForEach(consumed.Add)
            .Start(new PipelineOptions { Capacity = capacity });
        await Ended.ReportAsync(run);

        Assert.Equal(2000, consumed.Count);
        Assert.All(consumed.GroupBy(x => x % 7), key => Assert.Equal(Enumerable.Range(0, 2000).Where(x => x % 7 == key.Key), key));
    }

    [Fact]
    public async Task Partition_ItemsOfOneKey_TakeOneLane()
    {
        var seen = new ConcurrentBag<(int Lane, int Key)>();
        int made = 0;
        Pipeline pipeline = Pipeline.Range(0, 1000).Partition(x => x % 7, 3, lane =>
        {
            int number = made++;
            return lane.Do(x => seen.Add((number, x % 7)), new() { Name = $"lane {number}" });
        }).ForEach(_ => { });
        await using PipelineRun run = pipeline.Start();
        await Ended.ReportAsync(run);

        Assert.Equal(3, made);
        Assert.Equal(1000, seen.Count);
        Assert.All(seen.GroupBy(one => one.Key), key => Assert.Single(key.Select(one => one.Lane).Distinct()));
    }

    private static async ValueTask<int> YieldAsync(int item)
    {
        await Task.Yield();
        return item;
    }
}
