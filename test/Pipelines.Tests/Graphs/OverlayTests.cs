using static Snapshots.Verifier;

namespace Pipelines.Tests.Graphs;

/// <summary>A drawing with what a run has done.</summary>
public sealed class OverlayTests
{
    private static readonly PipelineGraph s_graph = Pipeline.From(Array.Empty<string>(), new() { Name = "ReadLines" })
        .Where(line => line.Length > 0, new() { Name = "line.Length > 0" })
        .SelectAsync(line => new ValueTask<string>(line), new() { Name = "EnrichAsync", Parallelism = 4, Capacity = 64 })
        .When(line => line[0] == '!', branch => branch.ForEach(_ => { }, new() { Name = "alarm" }), new() { Name = "urgent?" })
        .Batch(100)
        .ForEachAsync(_ => default(ValueTask), expression: "store").Graph;

    [Fact]
    public Task ToMermaid_RunInItsMiddle_SaysAndColoursWhatItDoes() => Verify(s_graph.ToMermaid(Report(RunOutcome.Running)));

    [Fact]
    public Task ToDot_RunInItsMiddle_SaysAndColoursWhatItDoes() => Verify(s_graph.ToDot(Report(RunOutcome.Running)));

    [Fact]
    public void ToMermaid_RunHasEnded_SaysNothingOfWhatWaits()
    {
        Assert.Contains("== 64 of 64 ==>", s_graph.ToMermaid(Report(RunOutcome.Running)), StringComparison.Ordinal);
        Assert.Contains("== 64 ==>", s_graph.ToMermaid(Report(RunOutcome.Completed)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToDot_RealRun_HasEveryBlockColouredAndTheSentence()
    {
        Pipeline pipeline = Pipeline.Range(0, 100).SelectAsync(x => new ValueTask<int>(x), new() { Parallelism = 2 }).Buffer(3).ForEach(_ => { });
        PipelineReport report = await pipeline.RunAsync();

        string drawing = pipeline.Graph.ToDot(report);

        Assert.Equal(4, drawing.Split("fillcolor=").Length - 1);
        Assert.Contains($"label=\"{report.Bottleneck!.Replace(">", "&gt;", StringComparison.Ordinal)[..11]}", drawing, StringComparison.Ordinal);
    }

    [Fact]
    public void ToMermaid_ReportOfAnotherPipeline_DrawsTheBlocksBare()
    {
        PipelineReport other = new() { Outcome = RunOutcome.Completed, Elapsed = TimeSpan.FromSeconds(1), Blocks = [] };

        Assert.Equal(s_graph.ToMermaid(), s_graph.ToMermaid(other));
        Assert.Equal(s_graph.ToDot(), s_graph.ToDot(other));
    }

    [Fact]
    public void ToMermaid_NastyNames_AreQuotedInTheCaptionToo()
    {
        const string Name = "say \"hi\" #1; <b>&amp;</b> `x` \\ [a](b) {c}: - |d| é";
        PipelineGraph graph = Pipeline.Range(0, 1).SelectAsync(
            x => new ValueTask<int>(x), new() { Name = Name }).ForEachAsync(_ => default(ValueTask), expression: "end").Graph;
        PipelineReport report = new()
        {
            Outcome = RunOutcome.Completed,
            Elapsed = TimeSpan.FromSeconds(1),
            Blocks = [new BlockReport { Name = Name, Kind = BlockKind.Transform, Island = 1, Busy = TimeSpan.FromSeconds(1) }],
        };

        Assert.StartsWith(
            """
            ---
            title: "Bottleneck: say \"hi\" #1; ‹b›&amp;‹/b› `x` \\ [a](b) {c}: - |d| é (busy 100 %)."
            ---
            flowchart LR
            """,
            graph.ToMermaid(report),
            StringComparison.Ordinal);
        Assert.Contains(
            """label="Bottleneck: say \"hi\" #1; <b>&amp;amp;</b> `x` \\ [a](b) {c}: - |d| é (busy 100 %).";""", graph.ToDot(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Overlay_WithoutAReport_Throws()
    {
        Assert.Throws<ArgumentNullException>("report", () => s_graph.ToMermaid(null!));
        Assert.Throws<ArgumentNullException>("report", () => s_graph.ToDot(null!));
    }

    [Theory]
    [InlineData(100, 0, 0, "#d01818")]
    [InlineData(0, 100, 0, "#2858c8")]
    [InlineData(0, 0, 100, "#000000")]
    [InlineData(50, 50, 0, "#7c3870")]
    [InlineData(50, 0, 50, "#680c0c")]
    [InlineData(0, 0, 0, null)]
    public void Colour_OfAState_IsMixedOfBlueRedAndBlack(int busy, int starved, int blocked, string? expected)
    {
        var overlay = new GraphOverlay(
            new() { Outcome = RunOutcome.Completed, Elapsed = TimeSpan.FromSeconds(100), Blocks = [Block("x", 1, 1, 1, busy, starved, blocked)] });

        Assert.Equal(expected, overlay.Colour(new GraphBlock { Name = "x", Kind = BlockKind.Transform }));
    }

    private static PipelineReport Report(RunOutcome outcome) => new()
    {
        Outcome = outcome,
        Elapsed = TimeSpan.FromSeconds(100),
        Blocks =
        [
            Block("ReadLines", 1, 0, 123_400, 39, 0, 61, BlockKind.Producer),
            Block("line.Length > 0", 1, 123_400, 120_000, 39, 0, 61, filtered: 3_400),
            Block("EnrichAsync", 2, 120_000, 119_900, 388, 3, 0, failed: 36, parallelism: 4),
            Block("urgent?", 2, 119_900, 119_900, 97, 3, 0),
            Block("alarm", 3, 50, 50, 1, 99, 0, BlockKind.Consumer),
            Block("Batch(100)", 2, 119_850, 1_198, 97, 3, 0),
            Block("store", 4, 1_198, 1_198, 45, 55, 0, BlockKind.Consumer),
        ],
        Links =
        [
            new LinkReport { From = "line.Length > 0", To = "EnrichAsync", Waiting = 64, Capacity = 64 },
            new LinkReport { From = "urgent?", To = "alarm", Waiting = 0, Capacity = 256 },
            new LinkReport { From = "Batch(100)", To = "store", Waiting = 3, Capacity = 256 },
        ],
    };

    private static BlockReport Block(
        string name,
        int island,
        long input,
        long output,
        int busy,
        int starved,
        int blocked,
        BlockKind kind = BlockKind.Transform,
        long filtered = 0,
        long failed = 0,
        int parallelism = 1) => new()
        {
            Name = name,
            Kind = kind,
            Island = island,
            Parallelism = parallelism,
            In = input,
            Out = output,
            Filtered = filtered,
            Failed = failed,
            Busy = TimeSpan.FromSeconds(busy),
            Starved = TimeSpan.FromSeconds(starved),
            Blocked = TimeSpan.FromSeconds(blocked),
        };
}
