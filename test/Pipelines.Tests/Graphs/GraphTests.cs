using static Snapshots.Verifier;

namespace Pipelines.Tests.Graphs;

/// <summary>The shape of a pipeline, as data and as a drawing.</summary>
public sealed class GraphTests
{
    private const string Nasty = "say \"hi\" #1; <b>&amp;</b> `x` \\ [a](b) {c} |d| é";

    private static readonly Pipeline s_everything = Pipeline.Range(0, 100)
        .Where(x => x > 3, new() { Name = "x > 3" })
        .SelectAsync(x => new ValueTask<int>(x), new() { Name = "fetch", Parallelism = 4, Ordered = false, Capacity = 1234 })
        .Select(x => x + 1, new() { Name = "x + 1" })
        .Tee(line => line.Batch(10).ForEach(_ => { }, new() { Name = "archive" }))
        .When(x => x % 2 == 0, line => line.ForEach(_ => { }, new() { Name = "even" }), new() { Name = "x is even" })
        .Buffer(int.MaxValue)
        .ForEach(_ => { }, new() { Name = "store" });

    [Fact]
    public void Graph_EachBlock_HasItsKindAndSettings()
    {
        PipelineGraph graph = s_everything.Graph;

        Assert.Equal(BlockKind.Producer, Block(graph, "Range").Kind);
        Assert.Equal(BlockKind.Consumer, Block(graph, "archive").Kind);
        Assert.Equal((BlockKind.Transform, 4, false), (Block(graph, "fetch").Kind, Block(graph, "fetch").Parallelism, Block(graph, "fetch").Ordered));
    }

    [Fact]
    public void Graph_ConcurrentBlocks_AreLinkedAndTheOthersFused()
    {
        PipelineGraph graph = s_everything.Graph;

        Assert.Equal(
            ["Range, x > 3", "fetch, x + 1, Tee, x is even", "Batch(10), archive", "even", "Buffer(unbounded), store"],
            graph.Islands.Select(island => string.Join(", ", island.Blocks)));
        Assert.Equal(1234, graph.Links.Single(link => link.To == "fetch").Capacity);
        Assert.Equal(256, graph.Links.Single(link => link.To == "even").Capacity);
        Assert.Null(graph.Links.Single(link => link.To == "Buffer(unbounded)").Capacity);
        Assert.Contains(graph.Fusions, fusion => fusion is { From: "Range", To: "x > 3" });
        Assert.Null(graph.MaxInFlight);
    }

    [Fact]
    public void Graph_OfARunsOptions_HasTheirCapacity()
    {
        Pipeline pipeline = Pipeline.Range(0, 1).SelectAsync(x => new ValueTask<int>(x)).ForEach(_ => { });

        Assert.Equal(256, Assert.Single(pipeline.Graph.Links).Capacity);
        Assert.Equal(7, Assert.Single(pipeline.GetGraph(new PipelineOptions { Capacity = 7 }).Links).Capacity);
        Assert.Equal(7 + 2, pipeline.GetGraph(new PipelineOptions { Capacity = 7 }).MaxInFlight);
    }

    // The second "a" was called "a #2", and so was the block that the user had called that: drawings and reports took them for one.
    [Fact]
    public void Names_NumberedDuplicateMeetsThatVeryName_AreUnique()
    {
        PipelineGraph graph = Pipeline.Range(0, 1)
            .Select(x => x, new() { Name = "a" })
            .Select(x => x, new() { Name = "a" })
            .Select(x => x, new() { Name = "a #2" })
            .Select(x => x, new() { Name = "a" })
            .ForEach(_ => { }, new() { Name = "end" })
            .Graph;

        Assert.Equal(graph.Blocks.Count, graph.Blocks.Select(block => block.Name).Distinct().Count());
        Assert.Equal("a", graph.Blocks[1].Name);
        Assert.Equal("a #2", graph.Blocks[2].Name);
        Assert.NotEmpty(graph.ToMermaid());
        Assert.NotEmpty(graph.ToDot());
    }

    [Fact]
    public Task ToMermaid_EveryShape_IsDrawn() => Verify(s_everything.Graph.ToMermaid());

    [Fact]
    public Task ToDot_EveryShape_IsDrawn() => Verify(s_everything.Graph.ToDot());

    [Fact]
    public Task ToMermaid_NastyNames_AreQuoted() => Verify(NastyPipeline().ToMermaid());

    [Fact]
    public Task ToDot_NastyNames_AreQuoted() => Verify(NastyPipeline().ToDot());

    // A line break in a name would end the row of a table and the line of a drawing.
    [Fact]
    public void Names_WithLineBreaks_AreOneLine()
    {
        PipelineGraph graph = Pipeline.Range(0, 1).SelectAsync(
            x => new ValueTask<int>(x), new() { Name = "two\r\nlines" }).ForEach(_ => { }, new() { Name = "end" }).Graph;

        Assert.Equal("two lines", graph.Blocks[1].Name);
    }

    private static PipelineGraph NastyPipeline() =>
        Pipeline.Range(0, 1).SelectAsync(x => new ValueTask<int>(x), new() { Name = Nasty, Parallelism = 2 }).ForEach(_ => { }, new() { Name = "end" }).Graph;

    private static GraphBlock Block(PipelineGraph graph, string name) => graph.Blocks.Single(block => block.Name == name);
}
