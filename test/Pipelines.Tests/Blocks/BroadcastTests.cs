namespace Pipelines.Tests.Blocks;

/// <summary>Fork and join: every branch gets every item, and what they put out comes back into one line.</summary>
public sealed class BroadcastTests
{
    public static TheoryData<string, Func<Pipeline<int>, Pipeline<int>>, string> OutOfStep() => new()
    {
        { "some", branch => branch.Where(x => x > 3, new() { Name = "some" }), "may put out more or fewer" },
        { "many", branch => branch.SelectMany(x => (int[])[x, x], new() { Name = "many" }), "may put out more or fewer" },
        { "Take(3)", branch => branch.Take(3), "may put out more or fewer" },
        { "any", branch => branch.Select(x => x, new() { Name = "any", Parallelism = 2, Ordered = false }), "in another order" },
        { "lenient", branch => branch.Select(x => x, new() { Name = "lenient", OnError = ErrorPolicy.Skip }), "leaves failed items out" },
    };

    // The diamond: at every capacity, and whoever is slow.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(256)]
    public async Task Merge_BranchesThatPutOutMoreAndFewer_YieldsAllAndNeverHangs(int capacity)
    {
        Pipeline<int> pipeline = Pipeline.Range(0, 1000).Broadcast(
            branch => branch.Where(x => x % 100 == 0),
            branch => branch.SelectMany(x => (int[])[1000 + x, 2000 + x]),
            branch => branch.SelectAsync(async x => { await Task.Yield(); return -x; }, new() { Parallelism = 3 }),
            branch => branch.Batch(64).Select(batch => 100_000 + batch.Length)).Merge();
        List<int> all = await Patience.WithAsync(pipeline.ToListAsync(new PipelineOptions { Capacity = capacity }));

        Assert.Equal(10 + 2000 + 1000 + 16, all.Count);
        Assert.Equal(Enumerable.Range(0, 1000).Select(x => -x), all.Where(x => x <= 0).Where((x, i) => x < 0 || i == 0).Distinct().OrderDescending());
        Assert.Equal(Enumerable.Range(0, 1000).Select(x => 1000 + x), all.Where(x => x is >= 1000 and < 2000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(256)]
    public async Task Zip_YieldsWhatEachBranchHasMadeOfAnItem(int capacity)
    {
        Pipeline<int[]> pipeline = Pipeline.Range(0, 1000).Broadcast(
            branch => branch.Select(x => x + 1),
            branch => branch.SelectAsync(async x => { await Task.Yield(); return x * 2; }, new() { Parallelism = 4 }),
            branch => branch.Buffer(2).Scan(0, (sum, x) => sum + x)).Zip();
        List<int[]> all = await Patience.WithAsync(pipeline.ToListAsync(new PipelineOptions { Capacity = capacity }));

        Assert.Equal(1000, all.Count);
        Assert.All(all.Index(), one => Assert.Equal([one.Index + 1, one.Index * 2, one.Index * (one.Index + 1) / 2], one.Item));
    }

    [Theory]
    [MemberData(nameof(OutOfStep))]
    public void Zip_BranchThatFallsOutOfStep_IsRefusedByName(string block, Func<Pipeline<int>, Pipeline<int>> branch, string why)
    {
        BroadcastPipeline<int> branches = Pipeline.Range(0, 10).Broadcast(x => x.Select(y => y), branch);
        var error = Assert.Throws<ArgumentException>(() => branches.Zip());

        Assert.StartsWith($"The block '{block}' ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.NotNull(branches.Merge());
    }

    [Fact]
    public void Zip_RunLeavesFailedItemsOut_IsRefusedBeforeItRuns() => Assert.Throws<InvalidOperationException>(
        () => { _ = Pipeline.Range(0, 10).Broadcast(x => x.Select(y => y)).Zip().ToListAsync(new PipelineOptions { OnError = ErrorPolicy.Skip }); });

    [Fact]
    public void Broadcast_BadArguments_AreRefusedAtTheCall()
    {
        Pipeline<int> numbers = Pipeline.Range(0, 10);
        Assert.Throws<ArgumentNullException>("branches", () => numbers.Broadcast<int>(x => x, null!));
        Assert.Throws<ArgumentException>("branches", () => numbers.Broadcast<int>());
        Assert.Throws<ArgumentException>("branches", () => numbers.Broadcast(x => x, _ => Pipeline.Range(0, 3)));
        Assert.Throws<InvalidOperationException>(() => numbers.Broadcast<int>(_ => null!));
    }

    [Fact]
    public async Task Broadcast_BranchEndsEarly_HoldsNobodyBack()
    {
        Pipeline pipeline = Pipeline.Range(0, 1000).Broadcast(branch => branch.Take(3), branch => branch.Select(x => x)).Merge().ForEach(_ => { });
        PipelineReport report = await Patience.WithAsync(pipeline.RunAsync(new PipelineOptions { Capacity = 2 }));

        Assert.Equal(1003, report.Blocks[^1].Out);
        Conservation.AssertHolds(report);
    }

    [Fact]
    public async Task Broadcast_BranchFails_FailsTheRunAndNothingIsLost()
    {
        int undelivered = 0;
        PipelineRun run = Pipeline.Range(0, 1000).Broadcast(
            branch => branch.Select(x => x), branch => branch.Select(x => x == 500 ? throw new InvalidDataException() : x, new() { Name = "fails" })).Merge()
            .ForEach(_ => { }).Start(new PipelineOptions { OnUndelivered = _ => undelivered++ });
        await using (run)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(run.Completion, run));
        }

        Assert.Equal("fails", run.Failure!.Block);
        Conservation.AssertHolds(run.Snapshot());
        Assert.Equal(run.Snapshot().Undelivered, undelivered);
    }

    [Fact]
    public void Graph_OfADiamond_ShowsForkBranchesAndMerge()
    {
        PipelineGraph graph = Pipeline.Range(0, 10)
            .Broadcast(branch => branch.Select(x => x, new() { Name = "a" }), branch => branch.Select(x => x, new() { Name = "b" }))
            .Merge().ForEach(_ => { }, new() { Name = "last" }).Graph;

        Assert.Equal(["Range", "Broadcast", "a", "b", "Merge", "last"], graph.Blocks.Select(block => block.Name));
        Assert.Equal([("a", "Merge"), ("b", "Merge"), ("Broadcast", "a"), ("Broadcast", "b")], graph.Links.Select(link => (link.From, link.To)).Order());
    }
}
