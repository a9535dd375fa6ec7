using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pipelines.Tests.Compilation;

/// <summary>
/// What executes inside of a run awaits by way of the edge (<c>EdgeAwait</c>): a bare <c>await</c> gives the rest of the method to the user's scheduler without
/// anybody who knows what to do when that one throws. What executes outside of runs says so by <c>ConfigureAwait</c>, and stands in a list here, with its
/// reason.
/// </summary>
public sealed class AwaitRuleTests
{
    private static readonly string[] s_byTheEdge = ["AtOnce", "Queued", "Woken", "Turn"];

    private static readonly Dictionary<string, string> s_outsideOfRuns = new()
    {
        ["Channels/SentinelReading.cs"] = "A channel of the user's, read by the user.",
        ["Dataflow/SourceBlock.cs"] = "Offers to the network what a run has put out, beside the run.",
        ["Dataflow/Outflow.cs"] = "The same.",
        ["Dataflow/Outflow.Ending.cs"] = "The same.",
        ["Blocks/ReadAll.cs"] = "The reader's side.",
        ["Runs/Leftovers.cs"] = "What the reader's side gives back when the run has ended.",
        ["Workers/WorkerPool{TIn,TOut}.cs"] = "The side of whoever gives jobs.",
    };

    // Whoever hooks a continuation by hand must know all of that: the three that the edge stands on, and the channels' own value tasks.
    private static readonly string[] s_hooks =
    [
        "Execution/Pending.cs", "Execution/EdgeAwaiter.cs", "Channels/LineWait.cs", "Channels/SideWait.cs", "Channels/Signal.cs",
        "Channels/RingReader.cs", "Channels/RingWriter.cs",
    ];

    private static readonly (string Path, SyntaxNode Root)[] s_sources =
    [
        .. Repository.Sources("src/Pipelines").Select(source => (source.Path["src/Pipelines/".Length..], CSharpSyntaxTree.ParseText(source.Text).GetRoot())),
    ];

    [Fact]
    public void Await_InTheLibrary_GoesByTheEdgeOrIsKnownToBeOutsideOfRuns()
    {
        List<string> faults = [];
        HashSet<string> used = [];
        foreach ((string path, SyntaxNode root) in s_sources)
        {
            foreach (AwaitExpressionSyntax one in root.DescendantNodes().OfType<AwaitExpressionSyntax>())
            {
                if (IsConfigured(one.Expression) && s_outsideOfRuns.ContainsKey(path))
                {
                    used.Add(path);
                }
                else if (!GoesByTheEdge(one.Expression))
                {
                    faults.Add($"{path}: {one}");
                }
            }

            faults.AddRange(root.DescendantTokens().Where(IsHiddenAwait).Select(token => $"{path}: {token.Parent}"));
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(s_outsideOfRuns.Keys.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Continuation_HookedByHand_StandsWhereItIsKnown() => AssertNone(
        from source in s_sources
        where !s_hooks.Contains(source.Path)
        from call in source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
        where call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "OnCompleted" or "UnsafeOnCompleted" }
        where call.ArgumentList.Arguments.Count > 0 // an observer's takes none
        select $"{source.Path}: {call}");

    [Fact]
    public void ContinueWith_InTheLibrary_NamesTheThreadPool() => AssertNone(
        from source in s_sources
        from call in source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
        where call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "ContinueWith" }
        where call.ArgumentList.Arguments.LastOrDefault()?.ToString() != "TaskScheduler.Default"
        select $"{source.Path}: {call}");

    private static void AssertNone(IEnumerable<string> faults) => Assert.True(!faults.Any(), string.Join('\n', faults));

    private static bool GoesByTheEdge(ExpressionSyntax awaited) => awaited switch
    {
        ParenthesizedExpressionSyntax inner => GoesByTheEdge(inner.Expression),
        ConditionalExpressionSyntax either => GoesByTheEdge(either.WhenTrue) && GoesByTheEdge(either.WhenFalse),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => s_byTheEdge.Contains(member.Name.Identifier.Text),
        _ => false,
    };

    private static bool IsConfigured(ExpressionSyntax awaited) =>
        awaited is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait" } };

    // await foreach and await using.
    private static bool IsHiddenAwait(SyntaxToken token) => token.IsKind(SyntaxKind.AwaitKeyword) && token.Parent is not AwaitExpressionSyntax;
}
