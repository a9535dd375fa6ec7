using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>PIPE004: a run that a background service gives its stopping token.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class StoppingTokenAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.StoppingTokenAborts];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Look, OperationKind.Invocation);
    }

    private static void Look(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (context.ContainingSymbol is not IMethodSymbol { Name: "ExecuteAsync", IsOverride: true, Parameters: { Length: 1 } parameters } method
            || !call.IsOperator()
            || !method.ContainingType.DerivesFrom("Microsoft.Extensions.Hosting", "BackgroundService"))
        {
            return;
        }

        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter?.Type.IsCancellationToken() == true
                && argument.Value.Bare() is IParameterReferenceOperation token
                && SymbolEqualityComparer.Default.Equals(token.Parameter, parameters[0]))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.StoppingTokenAborts, argument.Syntax.GetLocation(), call.TargetMethod.Name));
            }
        }
    }
}
