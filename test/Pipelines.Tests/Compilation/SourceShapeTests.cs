using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pipelines.Tests.Compilation;

/// <summary>What a reader can take in at once: the width of a line, the length of a file, the size of a class over all its parts.</summary>
public sealed class SourceShapeTests
{
    private const int LineWidth = 160;
    private const int FileLength = 300;
    private const int ClassLength = 400;

    private static readonly string[] s_excused =
    [
        // The public face: one operator a file, each of them on its own.
        "src/Pipelines: Pipelines.Pipeline<T>",
    ];

    // To be cut: what came last, and has not been.
    private static readonly string[] s_stillLong =
    [
        "test/Pipelines.Tests/Blocks/Sequences/SequencesProbe.cs",
        "test/Pipelines.Tests/Ends/DrainTests.cs", "test/Pipelines.Tests/Ends/HeldUpByTests.cs", "test/Pipelines.Tests/Ownership/DisposalTests.cs",
    ];

    private static readonly string[] s_stillWide =
    [
        "test/Benchmarks/Fresh/FreshCommand.cs",
        "test/Pipelines.Tests/Compilation/SourceShapeTests.cs",
        "test/Pipelines.Tests/Dataflow/ConsumeTests.cs",
        "test/Pipelines.Tests/Diagnostics/TimesTests.cs",
        "test/Pipelines.Tests/Ends/DrainTests.cs",
        "test/Pipelines.Tests/Ends/EndedForkTests.cs",
        "test/Pipelines.Tests/Ends/HeldUpByTests.cs",
        "test/Pipelines.Tests/Ends/OwnCancellationTests.cs",
        "test/Pipelines.Tests/Ends/SecondFailureTests.cs",
        "test/Pipelines.Tests/Ends/TimedOutItemTests.cs",
        "test/Pipelines.Tests/Foreign/ForeignClock.cs",
        "test/Pipelines.Tests/Foreign/HostileContractTests.cs",
        "test/Pipelines.Tests/Ownership/DisposalTests.cs",
    ];

    private static readonly (string Path, string Text)[] s_sources = [.. Repository.Sources("src"), .. Repository.Sources("test")];

    [Fact]
    public void Lines_OfAllSources_AreNotTooWide() =>
        AssertNone(s_sources.SelectMany(source => Lines(source.Text)
            .Select((line, index) => (line.Length, Place: $"{source.Path}:{index + 1}: {line.Length} characters"))
            .Where(line => line.Length > LineWidth && !s_stillWide.Contains(source.Path))
            .Select(line => line.Place)));

    [Fact]
    public void Files_OfAllSources_AreNotTooLong() =>
        AssertNone(s_sources
            .Select(source => (source.Path, Lines(source.Text).Length))
            .Where(file => file.Length > FileLength && !s_stillLong.Contains(file.Path))
            .Select(file => $"{file.Path}: {file.Length} lines"));

    [Fact]
    public void Classes_OverAllTheirParts_AreNotTooLarge()
    {
        (string Name, int Length)[] classes = [.. s_sources
            .Where(source => !source.Path.StartsWith("test/", StringComparison.Ordinal)) // a contract is one class, a file for each of its chapters
            .SelectMany(source => CSharpSyntaxTree.ParseText(source.Text).GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
                .Where(type => type.Parent is not TypeDeclarationSyntax)
                .Select(type => (Name: NameOf(type, source.Path), Length: Length(type))))
            .GroupBy(type => type.Name, type => type.Length)
            .Select(parts => (parts.Key, parts.Sum()))
            .Where(type => type.Item2 > ClassLength)];

        AssertNone(classes.Where(type => !s_excused.Contains(type.Name)).Select(type => $"{type.Name}: {type.Length} lines"));
        AssertNone(s_excused.Except(classes.Select(type => type.Name)).Select(name => $"{name} is no longer too large: take its excuse away."));
    }

    // All of them at once: who mends one would otherwise learn of the next.
    private static void AssertNone(IEnumerable<string> places)
    {
        string all = string.Join('\n', places);
        Assert.True(all.Length == 0, all);
    }

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');

    private static string NameOf(TypeDeclarationSyntax type, string path) =>
        $"{string.Join('/', path.Split('/').Take(2))}: {type.FirstAncestorOrSelf<BaseNamespaceDeclarationSyntax>()?.Name}.{type.Identifier}{type.TypeParameterList}";

    // What is to be understood: neither blank lines nor comments, which help.
    private static int Length(TypeDeclarationSyntax type) => type.ToString().Split('\n')
        .Select(line => line.TrimStart())
        .Count(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal));
}
