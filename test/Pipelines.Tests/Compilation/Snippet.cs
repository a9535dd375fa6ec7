using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pipelines.Tests.Compilation;

/// <summary>A few statements of a user's code, compiled against the library as a user's project does it.</summary>
internal sealed class Snippet
{
    private const string Opening = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using Pipelines;

        public sealed class Store
        {
            public Task AddAsync(int item) => Task.CompletedTask;
            public Task AddAsync(string[] items) => Task.CompletedTask;
            public ValueTask PutAsync(int item) => default;
            public ValueTask<bool> TryPutAsync(int item) => default;
            public Task AddWithTokenAsync(int item, CancellationToken token) => Task.CompletedTask;
            public ValueTask PutWithTokenAsync(int item, CancellationToken token) => default;
        }

        public static class User
        {
            static Task<int> DownloadAsync(int item) => Task.FromResult(item);
            static Task<int> DownloadWithTokenAsync(int item, CancellationToken token) => Task.FromResult(item);
            static ValueTask<int> LookUpAsync(int item) => new(item);
            static ValueTask<int> LookUpWithTokenAsync(int item, CancellationToken token) => new(item);
            static Task<bool> AskAsync(int item) => Task.FromResult(true);
            static ValueTask<bool> CheckAsync(int item) => new(true);
            static IEnumerable<string> Tokenize(string text) => text.Split(' ');

            static async IAsyncEnumerable<int> PagesAsync(int item)
            {
                await Task.Yield();
                yield return item;
            }

            static async Task RunAsync(
                Pipeline<int> numbers, Pipeline<string> texts, Store store, string folder, CancellationToken cancellationToken)
            {
                await Task.Yield();

        """;

    private const string Closing = """

            }
        }
        """;

    // What the runtime itself consists of, and the library: not what the test host happens to have beside it.
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Append(typeof(Pipeline).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly CSharpCompilation _compilation;
    private readonly SyntaxTree _tree;

    public Snippet(string statements)
    {
        _tree = CSharpSyntaxTree.ParseText(Opening + statements + Closing, new CSharpParseOptions(LanguageVersion.CSharp14));
        _compilation = CSharpCompilation.Create(
            "User",
            [_tree],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Errors =
        [
            .. _compilation.GetDiagnostics()
                .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(diagnostic => $"{diagnostic.Id}: {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"),
        ];
    }

    /// <summary>The compiler's errors, as "id: message".</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>The type of the delegate that the snippet's outermost call takes: which overload it is bound to.</summary>
    public string DelegateType
    {
        get
        {
            MethodDeclarationSyntax body = _tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
                .Single(method => method.Identifier.ValueText == "RunAsync");
            InvocationExpressionSyntax call = body.DescendantNodes().OfType<InvocationExpressionSyntax>()
                .First(invocation => invocation.Expression.ToString() != "Task.Yield");
            var method = (IMethodSymbol?)_compilation.GetSemanticModel(_tree).GetSymbolInfo(call).Symbol
                ?? throw new InvalidOperationException($"{call} is bound to no method.");
            return method.Parameters[0].Type.ToDisplayString(
                SymbolDisplayFormat.MinimallyQualifiedFormat.RemoveMiscellaneousOptions(
                    SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier));
        }
    }
}
