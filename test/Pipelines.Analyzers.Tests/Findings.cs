using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Pipelines.Analyzers.Tests;

/// <summary>What all analyzers together find in a user's code, compiled against the library as a user's project does it.</summary>
internal static class Findings
{
    private static readonly CSharpParseOptions _parsing = new(LanguageVersion.CSharp14);

    // What the runtime itself consists of, and the library: not what the test host happens to have beside it.
    private static readonly MetadataReference[] _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Append(typeof(Pipeline).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    // All compilations come from one that has been bound to the references: reading 160 assemblies is most of what a small one costs.
    private static readonly CSharpCompilation _empty = Bound(CSharpCompilation.Create("User", [], _references, Options(OutputKind.DynamicallyLinkedLibrary)));

    private static readonly ImmutableArray<DiagnosticAnalyzer> _analyzers =
    [
        .. typeof(Rules).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    public static ImmutableArray<DiagnosticAnalyzer> Analyzers => _analyzers;

    /// <summary>In code that compiles, only this rule finds something, and what it finds is what is marked.</summary>
    /// <returns>The messages.</returns>
    public static Task<IReadOnlyList<string>> AssertAsync(string id, Source source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary) =>
        AssertAsync(id, source, kind, compiles: true);

    /// <summary>The same in code that does not compile.</summary>
    /// <returns>The messages.</returns>
    public static Task<IReadOnlyList<string>> AssertBrokenAsync(string id, Source source) =>
        AssertAsync(id, source, OutputKind.DynamicallyLinkedLibrary, compiles: false);

    /// <summary>Whatever is found in code that compiles.</summary>
    public static Task<ImmutableArray<Diagnostic>> AllAsync(Source source) => AllAsync(source, OutputKind.DynamicallyLinkedLibrary, compiles: true);

    private static async Task<IReadOnlyList<string>> AssertAsync(string id, Source source, OutputKind kind, bool compiles)
    {
        ImmutableArray<Diagnostic> found = await AllAsync(source, kind, compiles);
        Assert.Equal(
            source.Marks.Select(mark => Shown(id, mark, source)),
            found.OrderBy(one => one.Location.SourceSpan.Start).Select(one => Shown(one.Id, one.Location.SourceSpan, source)));
        return [.. found.Select(one => one.GetMessage(CultureInfo.InvariantCulture))];
    }

    private static async Task<ImmutableArray<Diagnostic>> AllAsync(Source source, OutputKind kind, bool compiles)
    {
        CSharpCompilation compilation = _empty.WithOptions(Options(kind)).AddSyntaxTrees(CSharpSyntaxTree.ParseText(source.Code, _parsing));
        Diagnostic[] errors = [.. compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error)];
        Assert.True(errors.Length == 0 == compiles, string.Join('\n', errors.Append<object>("Errors of the compiler.")));

        // An analyzer that throws is a finding too, AD0001.
        return await compilation.WithAnalyzers(_analyzers).GetAnalyzerDiagnosticsAsync();
    }

    /// <summary>The code after the fix of the one thing that is found, or null where nothing is offered.</summary>
    public static async Task<string?> FixAsync(CodeFixProvider provider, Source source)
    {
        using var workspace = new AdhocWorkspace();
        Document document = workspace
            .AddProject(ProjectInfo.Create(
                ProjectId.CreateNewId(), VersionStamp.Default, "User", "User", LanguageNames.CSharp,
                compilationOptions: Options(OutputKind.DynamicallyLinkedLibrary), parseOptions: _parsing, metadataReferences: _references))
            .AddDocument("User.cs", source.Code);
        Compilation compilation = (await document.Project.GetCompilationAsync())!;
        Diagnostic found = Assert.Single(await compilation.WithAnalyzers(_analyzers).GetAnalyzerDiagnosticsAsync());

        CodeAction? action = null;
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, found, (offered, _) => action = offered, CancellationToken.None));
        if (action is null)
        {
            return null;
        }

        ApplyChangesOperation change = (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single();
        Document repaired = change.ChangedSolution.GetDocument(document.Id)!;
        Compilation after = (await repaired.Project.GetCompilationAsync())!;
        Assert.Empty(after.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error));
        Assert.Empty(await after.WithAnalyzers(_analyzers).GetAnalyzerDiagnosticsAsync());
        return (await repaired.GetTextAsync()).ToString();
    }

    private static CSharpCompilation Bound(CSharpCompilation compilation)
    {
        _ = compilation.GetSpecialType(SpecialType.System_Object);
        return compilation;
    }

    private static CSharpCompilationOptions Options(OutputKind kind) => new(kind, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true);

    private static string Shown(string id, TextSpan span, Source source) => $"{id} {source.Code[span.Start..span.End]} at {span.Start}";
}
