using Pipelines.Execution;

namespace Pipelines.Tests.Reports;

/// <summary>Building and looking at a run is linear in its blocks: twice as many allocate twice as much. A time would say the same, some of the time.</summary>
public sealed class LinearTests
{
    // 1,000 lanes took 31 seconds to build, most of it to find out what each block is called.
    [Fact]
    public void Partition_Lanes_BuildInLinearTime() => AssertLinear(200, lanes => Lanes(lanes));

    [Fact]
    public void Partition_Lanes_AreDrawnInLinearTime() => AssertLinear(
        200, lanes => Lanes(lanes).Graph, graph => _ = graph.ToMermaid() + graph.ToDot());

    // Each built all that was in front of it, to see whether its lanes can be built.
    [Fact]
    public void Partitions_OneBehindTheOther_BuildInLinearTime() => AssertLinear(50, partitions =>
    {
        Pipeline<int> pipeline = Pipeline.Range(0, 1);
        for (int i = 0; i < partitions; i++)
        {
            pipeline = pipeline.Partition(x => x, 2, lane => lane.Select(x => x));
        }

        return pipeline;
    });

    [Fact]
    public void Tees_OneBehindTheOther_BuildInLinearTime() => AssertLinear(200, tees =>
    {
        Pipeline<int> pipeline = Pipeline.Range(0, 1);
        for (int i = 0; i < tees; i++)
        {
            pipeline = pipeline.Tee(branch => branch.ForEach(_ => { }));
        }

        return pipeline.ForEach(_ => { }).Graph;
    });

    [Fact]
    public void Graph_OfMerge_IsReadInLinearTime() => AssertLinear(
        200, inputs => Pipeline.Merge([.. Enumerable.Range(0, inputs).Select(i => Pipeline.Range(i, 1))]).ForEach(_ => { }).Graph);

    // 400 equal names took 550 ms and 503 MB.
    [Fact]
    public void Snapshot_EqualNames_IsLinear() => AssertLinear(400, blocks => NotStarted(Chain(blocks)), run => _ = run.Snapshot().Blocks.Count);

    [Fact]
    public void Snapshot_Lanes_IsLinear() => AssertLinear(200, lanes => NotStarted(Lanes(lanes)), run => _ = run.Snapshot().Links.Count);

    // 256 lanes took 5 to 28 seconds.
    [Fact]
    public void Report_OfLanesThatWorked_IsWrittenInLinearTime() => AssertLinear(200, Worked, report => _ = report.ToString());

    [Fact]
    public void Names_OfAnyNumber_AreUniqueAndTheLowestThatAreFree()
    {
        string[] given = ["a", "a #2", "a", "b", "a", "a #2", "b #2", "b", "a #2 #2", "a #3", "a"];
        string[] expected = ["a", "a #2", "a #3", "b", "a #4", "a #2 #2", "b #2", "b #3", "a #2 #2 #2", "a #3 #2", "a #5"];
        string[] others = [.. Enumerable.Range(0, 20).Select(i => $"other {i}")];

        Assert.Equal(expected, BlockName.Unique(given));
        Assert.Equal([.. expected, .. others], BlockName.Unique([.. given, .. others]));
    }

    private static Pipeline Lanes(int lanes) =>
        Pipeline.Range(0, 1).Partition(x => x, lanes, lane => lane.SelectAsync(x => new ValueTask<int>(x))).ForEach(_ => { });

    private static Pipeline Chain(int blocks)
    {
        Pipeline<int> pipeline = Pipeline.Range(0, 1);
        for (int i = 0; i < blocks; i++)
        {
            pipeline = pipeline.Select(x => x, expression: "same");
        }

        return pipeline.ForEach(_ => { });
    }

    private static PipelineRun NotStarted(Pipeline pipeline) => new(pipeline.Consumer, PipelineOptions.Default);

    private static PipelineReport Worked(int lanes) => new()
    {
        Outcome = RunOutcome.Running,
        Elapsed = TimeSpan.FromSeconds(1),
        Blocks =
        [
            Row("source", 1, BlockKind.Producer),
            .. Enumerable.Range(0, lanes).Select(lane => Row($"lane {lane}", 2 + lane, BlockKind.Transform)),
            Row("merge", 2 + lanes, BlockKind.Consumer),
        ],
        Links =
        [
            .. Enumerable.Range(0, lanes).Select(lane => new LinkReport { From = "source", To = $"lane {lane}" }),
            .. Enumerable.Range(0, lanes).Select(lane => new LinkReport { From = $"lane {lane}", To = "merge" }),
        ],
    };

    private static BlockReport Row(string name, int island, BlockKind kind) => new()
    {
        Name = name,
        Kind = kind,
        Island = island,
        Busy = TimeSpan.FromMilliseconds(700),
        Starved = TimeSpan.FromMilliseconds(100),
        Blocked = TimeSpan.FromMilliseconds(200),
    };

    private static void AssertLinear<T>(int size, Func<int, T> build) => AssertLinear(size, size => size, size => build(size));

    private static void AssertLinear<T>(int size, Func<int, T> build, Action<T> look)
    {
        look(build(size)); // what is made once
        long once = Allocated(build(4 * size), look);
        long twice = Allocated(build(8 * size), look);

        Assert.True(twice < 2.5 * once, $"{4 * size}: {once:N0} bytes, {8 * size}: {twice:N0} bytes");
    }

    private static long Allocated<T>(T subject, Action<T> look)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        look(subject);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
