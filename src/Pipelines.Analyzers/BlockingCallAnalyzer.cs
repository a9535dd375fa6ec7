using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>PIPE006: a call in a block's delegate that holds its thread until something else happens.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class BlockingCallAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.BlockingCall];

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

        foreach (IArgumentOperation argument in call.ItemDelegates())
        {
            ItemDelegate code = ItemDelegate.Of(argument);
            if (code.Argument is IMethodReferenceOperation method && Blocking.IsBlocking(method.Method))
            {
                Report(context, call, method.Syntax, method.Method.Name);
            }

            foreach (IOperation operation in code.Operations().Where(one => Blocking.Blocks(one) && !Blocking.HasEnded(one, code)))
            {
                Report(context, call, code.IsInPlace ? Place(operation) : code.Argument.Syntax, Name(operation));
                if (!code.IsInPlace)
                {
                    break;
                }
            }
        }
    }

    private static void Report(OperationAnalysisContext context, IInvocationOperation call, SyntaxNode place, string name)
    {
        string asynchronous = call.TargetMethod.Name + "Async";
        string advice = call.TargetMethod.Name == "Do" ? "use 'SelectAsync' and await there"
            : call.TargetMethod.HasSibling(asynchronous) ? $"use '{asynchronous}' and await there"
            : "await its asynchronous form";
        context.ReportDiagnostic(Diagnostic.Create(Rules.BlockingCall, place.GetLocation(), name, call.TargetMethod.Name, advice));
    }

    private static SyntaxNode Place(IOperation operation) => Operators.NameOf(operation.Syntax) ?? operation.Syntax;

    private static string Name(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod.Name,
        IMemberReferenceOperation reference => reference.Member.Name,
        _ => operation.Syntax.ToString(),
    };
}
