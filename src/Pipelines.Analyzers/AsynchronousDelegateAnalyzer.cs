using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>PIPE001: an asynchronous delegate given to a synchronous block, whether the call compiles otherwise or not.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class AsynchronousDelegateAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The property of a finding that has the name of the operator to call instead.</summary>
    public const string Form = nameof(Form);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.AsynchronousDelegate];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(LookAtCall, OperationKind.Invocation);
        context.RegisterOperationAction(LookAtBrokenCall, OperationKind.Invalid);
    }

    private static void LookAtCall(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.IsOperator() && call.ItemDelegates().Any(IsAsynchronous))
        {
            Report(context, call.TargetMethod, Operators.NameOf(call.Syntax) ?? call.Syntax);
        }
    }

    // Func<T, Task<U>> would be asynchronous by design. Func<T, U> whose U turns out to be a task is not.
    private static bool IsAsynchronous(IArgumentOperation argument)
    {
        ITypeSymbol result = ((INamedTypeSymbol)argument.Parameter!.Type).DelegateInvokeMethod!.ReturnType;
        ITypeSymbol? declared = (argument.Parameter.OriginalDefinition.Type as INamedTypeSymbol)?.DelegateInvokeMethod?.ReturnType;
        if (declared is ITypeParameterSymbol)
        {
            return result.IsTask();
        }

        return result.SpecialType == SpecialType.System_Void && argument.Value.Bare() switch
        {
            IAnonymousFunctionOperation lambda => lambda.Symbol.IsAsync || DropsTask(lambda),
            IMethodReferenceOperation method => method.Method.IsAsync,
            _ => false,
        };
    }

    // x => store.AddAsync(x) as an Action<T>. With "_ = " in front, or in braces, it is meant.
    private static bool DropsTask(IAnonymousFunctionOperation lambda) =>
        lambda.Syntax is LambdaExpressionSyntax { ExpressionBody: { } body and not AssignmentExpressionSyntax }
        && lambda.SemanticModel?.GetTypeInfo(body).Type.IsTask() == true;

    private static void LookAtBrokenCall(OperationAnalysisContext context)
    {
        if (context.Operation is not { Syntax: InvocationExpressionSyntax call, SemanticModel: { } model } || Operators.NameOf(call) is not { } name)
        {
            return;
        }

        // Whoever asks for a delegate that gives a task or a sequence wants an asynchronous one: what is broken there is something else.
        ImmutableArray<IMethodSymbol> methods =
        [
            .. model.GetMemberGroup(call.Expression, context.CancellationToken).OfType<IMethodSymbol>().Where(one => one.IsMemberOfPipeline()),
        ];
        if (methods.IsEmpty || methods.Any(IsForAsynchronousOnes) || !methods.Any(one => one.Parameters.Any(parameter => Operators.TakesItems(parameter.Type))))
        {
            return;
        }

        bool flattens = methods[0].Name == "SelectMany";
        foreach (ArgumentSyntax argument in call.ArgumentList.Arguments)
        {
            if (IsAsynchronous(argument.Expression, flattens, model, context.CancellationToken))
            {
                Report(context, methods[0], name);
                return;
            }
        }
    }

    private static bool IsForAsynchronousOnes(IMethodSymbol method) => method.Parameters.Any(parameter =>
        Operators.TakesItems(parameter.OriginalDefinition.Type)
        && ((INamedTypeSymbol)parameter.OriginalDefinition.Type).DelegateInvokeMethod!.ReturnType is { } result
        && result is not ITypeParameterSymbol && (result.IsTask() || result.IsAsynchronousSequence()));

    private static bool IsAsynchronous(ExpressionSyntax argument, bool flattens, SemanticModel model, CancellationToken cancellationToken)
    {
        bool Fits(ITypeSymbol? type) => type.IsTask() || (flattens && type.IsAsynchronousSequence());

        if (argument is AnonymousFunctionExpressionSyntax function)
        {
            return function.AsyncKeyword.RawKind != 0 || Fits(function.ExpressionBody is { } body ? model.GetTypeInfo(body, cancellationToken).Type : null);
        }

        if (model.GetTypeInfo(argument, cancellationToken).Type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke })
        {
            return Fits(invoke.ReturnType);
        }

        ImmutableArray<ISymbol> group = model.GetMemberGroup(argument, cancellationToken);
        return !group.IsEmpty && group.All(one => one is IMethodSymbol method && Fits(method.ReturnType));
    }

    private static void Report(OperationAnalysisContext context, IMethodSymbol method, SyntaxNode name)
    {
        string? form = method.Name == "Do" ? "SelectAsync" : method.HasSibling(method.Name + "Async") ? method.Name + "Async" : null;
        string advice = method.Name switch
        {
            "Do" => "call 'SelectAsync' and return the item",
            _ when form is not null => $"call '{form}'",
            _ => "there is no form of it, so call 'SelectAsync' in front",
        };
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty;
        if (form is not null)
        {
            properties = properties.Add(Form, form);
        }

        context.ReportDiagnostic(Diagnostic.Create(Rules.AsynchronousDelegate, name.GetLocation(), properties, method.Name, advice));
    }
}
