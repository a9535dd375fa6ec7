using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pipelines.Analyzers;

/// <summary>Writes the asynchronous form where PIPE001 stands.</summary>
/// <remarks><c>Select</c> becomes <c>SelectAsync</c>, and <c>Do</c> a <c>SelectAsync</c> that returns the item.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class AsynchronousDelegateFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [Rules.AsynchronousDelegate.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (model is not null
                && diagnostic.Properties.TryGetValue(AsynchronousDelegateAnalyzer.Form, out string? form) && form is not null
                && root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<SimpleNameSyntax>() is { } name
                && name.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call
                && Fixed(call, name, form) is { } repaired
                && IsBound(model, call, repaired))
            {
                context.RegisterCodeFix(
                    CodeAction.Create($"Call '{form}'", _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(call, repaired))), form),
                    diagnostic);
            }
        }
    }

    // Explicit type arguments say what the synchronous form would have given: the asynchronous one infers its own.
    private static InvocationExpressionSyntax? Fixed(InvocationExpressionSyntax call, SimpleNameSyntax name, string form)
    {
        IdentifierNameSyntax asynchronous = SyntaxFactory.IdentifierName(form).WithTriviaFrom(name);
        if (name.Identifier.ValueText != "Do")
        {
            return call.ReplaceNode(name, asynchronous);
        }

        return call.ArgumentList.Arguments.FirstOrDefault()?.Expression is { } action && ItemReturning.Of(action) is { } selector
            ? call.ReplaceNodes([name, action], (old, _) => old == name ? asynchronous : selector.WithTriviaFrom(old))
            : null;
    }

    // There is one right answer only where the answer compiles: not for a task without a result in SelectAsync, for instance.
    // A conditional access is looked at as if it were an ordinary one: a part of it cannot be bound alone.
    private static bool IsBound(SemanticModel model, InvocationExpressionSyntax call, InvocationExpressionSyntax repaired)
    {
        InvocationExpressionSyntax alone = repaired;
        if (call.Expression is MemberBindingExpressionSyntax && repaired.Expression is MemberBindingExpressionSyntax binding
            && call.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>() is { } access)
        {
            alone = repaired.WithExpression(SyntaxFactory.MemberAccessExpression(
                SyntaxKind.SimpleMemberAccessExpression, access.Expression.WithoutTrivia(), binding.Name));
        }

        return model.GetSpeculativeSymbolInfo(call.SpanStart, alone, SpeculativeBindingOption.BindAsExpression).Symbol is not null;
    }
}
