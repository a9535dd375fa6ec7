using System.Threading.Channels;

namespace Pipelines.Tests.Diagnostics;

/// <summary>A block's three times add up: to the time since the start, times its workers.</summary>
public sealed class TimesTests
{
    private readonly SimulatedRun _simulated = new();

    [Fact]
    public void Times_EveryKindOfBlock_AddUpToElapsedTimesWorkersAtAnyMoment()
    {
        PipelineRun run = _simulated.Start(Pipeline
            .Merge(
                Pipeline.From(_simulated.Items(int.MaxValue, 3), new() { Name = "sequence" }),
                Pipeline.Produce<int>(ProduceAsync),
                Pipeline.From(Channel.CreateUnbounded<int>().Reader, new() { Name = "channel" }))
            .SelectAsync(x => _simulated.After(5 + (x % 7), x), new() { Parallelism = 3 })
            .Tee(branch => branch.Where(x => x % 3 == 0).ForEachAsync(x => _simulated.After(11, x)))
            .SelectAsync(x => _simulated.After(x % 5, x), new() { Parallelism = 4, Ordered = false, Capacity = 2 })
            .Batch(3, TimeSpan.FromMilliseconds(20))
            .SelectMany(batch => batch)
            .Transform<int>(CopyAsync)
            .Partition(x => x, 2, lane => lane.SelectAsync(x => _simulated.After(1, x)))
            .Buffer(2)
            .Consume(ConsumeAsync));
        for (int moment = 0; moment < 300; moment++)
        {
            _simulated.Pass(1 + (moment % 10));
            PipelineReport report = run.Snapshot();
            Assert.All(
                report.Blocks,
                block => Assert.Equal(report.Elapsed.TotalMilliseconds * block.Parallelism, (block.Busy + block.Starved + block.Blocked).TotalMilliseconds, 2));
            Assert.All(
                report.Blocks,
                block => Assert.True(block.Busy >= TimeSpan.Zero && block.Starved >= TimeSpan.Zero && block.Blocked >= TimeSpan.Zero, $"{report}"));
        }

        Assert.All(
            run.Snapshot().Blocks,
            block => Assert.True(block.In + block.Out > 0 || block.Name.StartsWith("channel", StringComparison.Ordinal), $"{run.Snapshot()}"));
        run.Abort();
        _simulated.Pass(100);
        Assert.Equal(RunOutcome.Stopped, run.Snapshot().Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Times_SeveralSequencesAtOnce_AddUpAtAnyMoment(bool ordered)
    {
        PipelineRun run = _simulated.Start(Pipeline.From(_simulated.Items(int.MaxValue, 3), new() { Name = "sequence" })
            .SelectManyAsync(x => _simulated.Items(x % 5, 4), new() { Parallelism = 3, Ordered = ordered, Capacity = 2 })
            .ForEachAsync(x => _simulated.After(2, x)));
        for (int moment = 0; moment < 300; moment++)
        {
            _simulated.Pass(1 + (moment % 10));
            PipelineReport report = run.Snapshot();
            Assert.All(report.Blocks, block => Assert.Equal(report.Elapsed.TotalMilliseconds * block.Parallelism, block.Time.TotalMilliseconds, 2));
            Assert.All(report.Blocks, block => Assert.True(block.Busy >= TimeSpan.Zero && block.Starved >= TimeSpan.Zero && block.Blocked >= TimeSpan.Zero, $"{report}"));
        }

        run.Abort();
        _simulated.Pass(100);
        Assert.Equal(RunOutcome.Stopped, run.Snapshot().Outcome);
    }

    // Ordered, the second item's results have to wait for the first item's: its worker is blocked, as there is one slot for each.
    [Fact]
    public void Times_SequenceIsAheadOfItsTurn_IsBlocked()
    {
        PipelineReport report = _simulated.ToItsEnd(Pipeline.Range(0, 2)
            .SelectManyAsync(x => _simulated.Items(x == 0 ? 1 : 2, x == 0 ? 100 : 10), new() { Name = "flatten", Parallelism = 2, Capacity = 1 })
            .ForEach(_ => { }));

        BlockReport row = report.Blocks[1];
        Assert.Equal((120, 90, 10), ((int)row.Busy.TotalMilliseconds, (int)row.Blocked.TotalMilliseconds, (int)row.Starved.TotalMilliseconds));
    }

    [Fact]
    public void Times_FirstWorkerOfAPoolEndsBeforeTheLast_AreBookedToTheEnd()
    {
        PipelineReport report = _simulated.ToItsEnd(Pipeline.Range(0, 2)
            .SelectAsync(x => _simulated.After(x == 0 ? 10 : 1000, x), new() { Parallelism = 2 }, "pool").ForEach(_ => { }));

        BlockReport pool = report.Blocks[1];
        Assert.Equal((1010, 990), ((int)pool.Busy.TotalMilliseconds, (int)(pool.Starved + pool.Blocked).TotalMilliseconds));
    }

    [Fact]
    public void Times_BlockFusedBehindPool_HasTheMeanOfItsWorkers()
    {
        PipelineReport report = _simulated.ToItsEnd(Pipeline.Range(0, 8)
            .SelectAsync(x => _simulated.After(x < 4 ? 10 : 20, x), new() { Parallelism = 4 }, "pool").ForEach(_ => { }));

        Assert.Equal(report.Blocks[1].Busy / 4, report.Blocks[2].Busy);
        Assert.Equal(report.Blocks[1].Island, report.Blocks[2].Island);
        Assert.NotEqual(report.Blocks[0].Island, report.Blocks[1].Island);
    }

    [Fact]
    public void Times_FewReadersOfManyWait_IsWaitingForInput()
    {
        PipelineReport report = _simulated.ToItsEnd(Pipeline.From(_simulated.Items(20, 10), new() { Name = "source" }).Consume(
            (reader, token) => Task.WhenAll(DrainAsync(reader, token), DrainAsync(reader, token))));

        Assert.InRange(report.Blocks[1].Starved / report.Elapsed, 0.9, 1);
    }

    [Fact]
    public void Links_SeveralInputs_AreEachTheirOwn()
    {
        PipelineRun run = _simulated.Start(Pipeline
            .Merge(
                Pipeline.From(_simulated.Items(1, 1), new() { Name = "one" }), Pipeline.From(_simulated.Items(2, 1), new() { Name = "two" }),
                Pipeline.From(_simulated.Items(3, 1), new() { Name = "three" }))
            .ForEachAsync(x => _simulated.After(1000, x), new() { Capacity = 1 }, "store"));
        _simulated.Pass(10);
        PipelineReport report = run.Snapshot();
        run.Abort();
        _simulated.Pass(1001);

        // The store holds one item and one waits for it; the others are still in front of the merge.
        Assert.Equal(4, report.Links.Where(link => link.To == "Merge").Sum(link => link.Waiting));
        Assert.All(report.Links.Where(link => link.To == "Merge"), link => Assert.Equal(4, link.Capacity));
        Assert.Equal(1, Assert.Single(report.Links, link => link.To == "store").Capacity);
        Assert.All(
            report.Links.Where(link => link.To == "Merge"),
            link => Assert.InRange(link.Waiting, 0, report.Blocks.Single(block => block.Name == link.From).Out));
        Assert.Equal(["one", "three", "two"], report.Links.Where(link => link.To == "Merge").Select(link => link.From).Order());
    }

    [Fact]
    public void Links_BranchIntoMerge_IsTheBranchsOwn()
    {
        PipelineGraph graph = Pipeline.Range(0, 3)
            .Tee(branch => Pipeline.Merge(Pipeline.Range(0, 5), branch, Pipeline.Range(7, 5).Buffer(9)).ForEach(_ => { }))
            .ForEach(_ => { }).Graph;

        Assert.Equal(["Buffer(9)", "Range #2", "Tee"], graph.Links.Where(link => link.To == "Merge").Select(link => link.From).Order());
    }

    private static async Task DrainAsync(ChannelReader<int> reader, CancellationToken token)
    {
        await foreach (int _ in reader.ReadAllAsync(token))
        {
        }
    }

    private static async Task CopyAsync(ChannelReader<int> reader, ChannelWriter<int> writer, CancellationToken token)
    {
        await foreach (int item in reader.ReadAllAsync(token))
        {
            await writer.WriteAsync(item, token);
        }
    }

    private async Task ProduceAsync(ChannelWriter<int> writer, CancellationToken token)
    {
        for (int i = 0; ; i++)
        {
            await writer.WriteAsync(await _simulated.After(4, i, token), token);
        }
    }

    private async Task ConsumeAsync(ChannelReader<int> reader, CancellationToken token)
    {
        await foreach (int item in reader.ReadAllAsync(token))
        {
            await _simulated.After(2, item, token);
        }
    }
}
