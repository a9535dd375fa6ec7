using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>PIPE005: what the delegate of a parallel block changes without a guard although all its workers see it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class SharedStateAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.SharedState];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Look, OperationKind.Invocation);
    }

    private static void Look(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (!call.IsOperator())
        {
            return;
        }

        // A parallel block of a lane is of both kinds; what its workers share is less than what lanes share, so it counts first.
        (IInvocationOperation Call, IOperation Builder)? lanes = call.IsParallel() ? null : call.Lanes();
        if (lanes is null && !call.IsParallel())
        {
            return;
        }

        foreach (IArgumentOperation argument in call.ItemDelegates())
        {
            ItemDelegate code = ItemDelegate.Of(argument, lanes?.Builder);
            foreach (IOperation changed in Changes(code))
            {
                SyntaxNode place = code.IsInPlace ? changed.Syntax : code.Argument.Syntax;
                string block = (lanes?.Call ?? call).TargetMethod.Name;
                context.ReportDiagnostic(Diagnostic.Create(Rules.SharedState, place.GetLocation(), changed.Syntax.ToString(), block));
                if (!code.IsInPlace)
                {
                    break;
                }
            }
        }
    }

    private static IEnumerable<IOperation> Changes(ItemDelegate code)
    {
        // list.Add itself, given as a delegate.
        if (code.Argument is IMethodReferenceOperation { Instance: { } instance } method
            && Changing.IsChange(method.Method) && SharedState.IsShared(instance, code))
        {
            yield return instance;
        }

        if (Guards.GuardAll(code))
        {
            yield break;
        }

        foreach (IOperation operation in code.Operations())
        {
            foreach (IOperation target in Changing.TargetsOf(operation))
            {
                if (SharedState.IsShared(target, code) && !Guards.Guard(operation, code))
                {
                    yield return target;
                }
            }
        }
    }
}
