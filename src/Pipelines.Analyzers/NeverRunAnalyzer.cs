using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>PIPE002 and PIPE003: a pipeline that nobody runs, and a run that nobody keeps.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class NeverRunAnalyzer : DiagnosticAnalyzer
{
    private const string RunClosed = "call 'RunAsync' or 'Start'";
    private const string RunOpen = "close it with a consumer such as 'ForEach' and call 'RunAsync', or read it, with 'ToListAsync' for example";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.NeverRun, Rules.RunThatNobodyKeeps];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(LookAtStatement, OperationKind.ExpressionStatement);
        context.RegisterOperationBlockAction(LookAtLocals);
    }

    private static void LookAtStatement(OperationAnalysisContext context)
    {
        IOperation value = ((IExpressionStatementOperation)context.Operation).Operation;
        bool discarded = value is ISimpleAssignmentOperation { Target: IDiscardOperation };
        if (discarded)
        {
            value = ((ISimpleAssignmentOperation)value).Value.Bare();
        }

        IInvocationOperation? call = LastCall(value);
        if (call is not null && Starts(call))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.RunThatNobodyKeeps, call.NameLocation()));
        }

        // "_ = pipeline" says that it is meant, for instance to have the arguments checked; so does a lambda that only builds, in a test of the same.
        else if (!discarded && IsBuilt(value) && !IsLambdaOfOneExpression(context.Operation))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.NeverRun, call?.NameLocation() ?? value.Syntax.GetLocation(), Advice(value.Type!)));
        }
    }

    private static bool IsBuilt(IOperation value) =>
        value is IInvocationOperation or IAwaitOperation or IConditionalAccessOperation && value.Type.IsPipeline();

    private static void LookAtLocals(OperationBlockAnalysisContext context)
    {
        var unused = new Dictionary<ISymbol, IVariableDeclaratorOperation>(SymbolEqualityComparer.Default);
        var used = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (IOperation operation in context.OperationBlocks.SelectMany(block => block.DescendantsAndSelf()))
        {
            if (operation is IVariableDeclaratorOperation declarator && IsGivenValue(declarator))
            {
                unused[declarator.Symbol] = declarator;
            }
            else if (operation is ILocalReferenceOperation reference && IsUse(reference))
            {
                used.Add(reference.Local);
            }
        }

        foreach (IVariableDeclaratorOperation declarator in unused.Values.Where(one => !used.Contains(one.Symbol)))
        {
            Location location = declarator.Syntax is VariableDeclaratorSyntax variable ? variable.Identifier.GetLocation() : declarator.Syntax.GetLocation();
            context.ReportDiagnostic(declarator.Symbol.Type.IsRun()
                ? Diagnostic.Create(Rules.RunThatNobodyKeeps, location)
                : Diagnostic.Create(Rules.NeverRun, location, Advice(declarator.Symbol.Type)));
        }
    }

    // A run that is disposed is awaited there; one that came from elsewhere has its keeper.
    private static bool IsGivenValue(IVariableDeclaratorOperation declarator)
    {
        if (declarator.GetVariableInitializer()?.Value.Bare() is not { Kind: not OperationKind.Invalid } value)
        {
            return false;
        }

        return declarator.Symbol.Type.IsPipeline()
            || (declarator.Symbol.Type.IsRun() && LastCall(value) is { } call && Starts(call) && !IsDisposed(declarator));
    }

    private static bool IsDisposed(IVariableDeclaratorOperation declarator) =>
        declarator.Parent?.Parent is IUsingOperation || declarator.Parent?.Parent?.Parent is IUsingDeclarationOperation or IUsingOperation;

    // Neither "p = ..." nor the second p of "p = p.Where(...);" brings it any nearer to a run.
    private static bool IsUse(ILocalReferenceOperation reference)
    {
        IOperation operation = reference;
        while (operation.Parent is IConversionOperation
            || (operation.Parent is IInvocationOperation call && call.AddsBlock() && call.Instance == operation)
            || (operation.Parent is IArgumentOperation { Parameter.Ordinal: 0, Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } extension }
                && extension.AddsBlock()))
        {
            operation = operation.Parent is IArgumentOperation argument ? argument.Parent! : operation.Parent;
        }

        return operation.Parent is not ISimpleAssignmentOperation { Target: ILocalReferenceOperation target, Parent: IExpressionStatementOperation } assignment
            || !SymbolEqualityComparer.Default.Equals(target.Local, reference.Local)
            || (assignment.Target != operation && assignment.Value != operation);
    }

    private static IInvocationOperation? LastCall(IOperation value) => value switch
    {
        IInvocationOperation call => call,
        IConditionalAccessOperation access => LastCall(access.WhenNotNull),
        _ => null,
    };

    private static bool Starts(IInvocationOperation call) => call.TargetMethod.ReturnType.IsRun() && call.IsOperator();

    private static bool IsLambdaOfOneExpression(IOperation statement) =>
        statement.Parent is IBlockOperation { Parent: IAnonymousFunctionOperation { Syntax: LambdaExpressionSyntax { ExpressionBody: not null } } };

    private static string Advice(ITypeSymbol type) => type.IsClosedPipeline() ? RunClosed : RunOpen;
}
