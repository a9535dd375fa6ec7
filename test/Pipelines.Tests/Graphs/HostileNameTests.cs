using System.Text.RegularExpressions;

namespace Pipelines.Tests.Graphs;

/// <summary>Names that would break a drawing, or do worse: whoever opens it sees them as text.</summary>
public sealed partial class HostileNameTests
{
    public static TheoryData<string> Names() =>
    [
        "%%{init: {\"theme\": \"dark\", \"securityLevel\": \"loose\"}}%%",
        "%%{wrap}%% %%% %",
        "%% a comment",
        "a\"]; click b1 href \"javascript:alert(1)\"",
        "a\"]\u000A  b1 --> b2",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt; #lt; #60; &#60;",
        "`markdown **bold**`",
        "- a list",
        "1. a list",
        "end",
        "\\N \\G \\L \\\" \\",
        "\\",
        "\"",
        "\u0000\u0007\u001B[31m",
        "\u202Eright to left\u202C \u2066x\u2069 \u200F",
        "\u0085\u2028\u2029",
        "half \uD800 and \uDC00",
        "ﬂ°°60¶ß",
        "---\ntitle: x\n---",
        new string('x', 100_000),
        "",
        " ",
        "}",
        "label=\"x\"]; x [URL=\"javascript:alert(1)\"",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void ToMermaid_AnyName_IsOneQuotedLabel(string name)
    {
        (PipelineGraph graph, PipelineReport report) = Named(name);
        string[] plain = Named("plain").Graph.ToMermaid().Split('\n');
        string drawing = graph.ToMermaid();
        string[] lines = drawing.Split('\n');

        Assert.Equal(plain.Length, lines.Length);
        Assert.All(lines.Zip(plain), pair => Assert.True(pair.First == pair.Second || MermaidNode().IsMatch(pair.First), pair.First));
        AssertHarmless(drawing);
        AssertHarmless(graph.ToMermaid(report));
        Assert.DoesNotContain("%%", graph.ToMermaid(report), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ToDot_AnyName_IsOneQuotedLabel(string name)
    {
        (PipelineGraph graph, PipelineReport report) = Named(name);
        string[] plain = Named("plain").Graph.ToDot().Split('\n');
        string drawing = graph.ToDot();
        string[] lines = drawing.Split('\n');

        Assert.Equal(plain.Length, lines.Length);
        Assert.All(lines.Zip(plain), pair => Assert.True(pair.First == pair.Second || DotStatement().IsMatch(pair.First), pair.First));
        AssertHarmless(drawing);
        AssertHarmless(graph.ToDot(report));
    }

    // What is cut, or written out, may look like another: they are two nodes all the same.
    [Fact]
    public void Drawings_NamesThatLookAlike_AreNodesOfTheirOwn()
    {
        string[] names = [new string('x', 1000) + "1", new string('x', 1000) + "2", "a\u0007", "a\\u0007", "\\1", "\\2", "\\3", "\\4"];
        Pipeline<int> pipeline = Pipeline.Range(0, 1);
        foreach (string name in names)
        {
            pipeline = pipeline.SelectAsync(x => new ValueTask<int>(x), new() { Name = name });
        }

        PipelineGraph graph = pipeline.ForEach(_ => { }, new() { Name = "end" }).Graph;

        Assert.Equal(
            graph.Blocks.Count, DotStatement()
                .Matches(graph.ToDot())
                .Where(match => match.Value.Contains("[label", StringComparison.Ordinal) && !match.Value.Contains("->", StringComparison.Ordinal))
            .Select(match => match.Value[..match.Value.IndexOf(" [label", StringComparison.Ordinal)]).Distinct().Count());
        Assert.Equal(graph.Blocks.Count, graph.ToMermaid().Split('\n').Count(line => MermaidNode().IsMatch(line)));
    }

    // The buffer was in the loop that writes to it and in the one that reads from it.
    [Fact]
    public void Drawings_DroppingBufferBehindABranch_DeclareEachNodeOnce()
    {
        PipelineGraph graph = Pipeline.Range(0, 10)
            .Tee(branch => branch.Buffer(1, System.Threading.Channels.BoundedChannelFullMode.DropOldest)
                .ForEachAsync(_ => default(ValueTask), expression: "newest"))
            .Buffer(2, System.Threading.Channels.BoundedChannelFullMode.DropNewest)
            .ForEach(_ => { }, new() { Name = "store" }).Graph;
        string[] declared = [.. graph.ToMermaid().Split('\n').Where(line => MermaidNode().IsMatch(line)).Select(line => line.Trim().Split('[', '(')[0])];

        Assert.Equal(graph.Blocks.Count, declared.Length);
        Assert.Equal(declared.Length, declared.Distinct().Count());
        Assert.Equal(graph.Blocks.Select(block => block.Name).Order(), graph.Islands.SelectMany(island => island.Blocks).Order());
        Assert.DoesNotContain("\" \"]\n  end", graph.ToMermaid(), StringComparison.Ordinal); // an empty box is drawn as a block
    }

    [GeneratedRegex("""^ +b[0-9]+(\(\["[^"`<>&\\]*"\]\)|\[\["[^"`<>&\\]*"\]\]|\["[^"`<>&\\]*"\])$""")]
    private static partial Regex MermaidNode();

    [GeneratedRegex("""(?m)^ +"(\\.|[^"\\])*"( -> "(\\.|[^"\\])*")?( \[label="(\\.|[^"\\])*"(, [a-z=0-9, ]+)?\])?;$""")]
    private static partial Regex DotStatement();

    private static void AssertHarmless(string drawing)
    {
        Assert.DoesNotContain(drawing, c => c != '\n' && (char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format));
        Assert.Equal(drawing, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(drawing))); // no half of a pair
        Assert.True(drawing.Length < 10_000, "A long name was not cut.");
    }

    private static (PipelineGraph Graph, PipelineReport Report) Named(string name)
    {
        PipelineGraph graph = Pipeline.Range(0, 1).SelectAsync(
            x => new ValueTask<int>(x), new() { Name = name }).ForEachAsync(_ => default(ValueTask), expression: "last").Graph;
        return (graph, new PipelineReport
        {
            Outcome = RunOutcome.Completed,
            Elapsed = TimeSpan.FromSeconds(1),
            Blocks = [new BlockReport { Name = graph.Blocks[1].Name, Kind = BlockKind.Transform, Island = 1, Busy = TimeSpan.FromSeconds(1) }],
        });
    }
}
