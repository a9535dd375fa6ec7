using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>PIPE007: many fused delegates directly behind a pool, which run one item at a time.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class FusedBehindPoolAnalyzer : DiagnosticAnalyzer
{
    private const int Most = 3;

    // Their delegates run in the loop behind the pool.
    private static readonly ImmutableHashSet<string> _fused =
        ["Select", "Where", "SelectMany", "Do", "ForEach", "Scan", "TakeWhile", "TakeUntil", "SkipWhile", "DistinctBy", "Fuse"];

    // These are part of the same loop and take no time worth speaking of.
    private static readonly ImmutableHashSet<string> _light =
        ["Take", "Skip", "OfType", "Cast", "Append", "Prepend", "Index", "Pairwise", "Window", "Batch", "Distinct", "DefaultIfEmpty", "Timestamp"];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.FusedBehindPool];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Look, OperationKind.Invocation);
    }

    private static void Look(OperationAnalysisContext context)
    {
        var pool = (IInvocationOperation)context.Operation;
        if (!pool.AddsBlock() || !pool.IsParallel())
        {
            return;
        }

        int steps = 0;
        IInvocationOperation? first = null;
        for (IInvocationOperation? next = pool.NextInChain(); next is not null && IsFused(next); next = next.NextInChain())
        {
            if (_fused.Contains(next.TargetMethod.Name))
            {
                first ??= next;
                steps++;
            }
        }

        if (steps > Most)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.FusedBehindPool, first!.NameLocation(), steps, pool.TargetMethod.Name));
        }
    }

    // A batch or window of time is a boundary, like a pool.
    private static bool IsFused(IInvocationOperation call) => call.AddsBlock() && !call.IsParallel()
        && (_fused.Contains(call.TargetMethod.Name)
            || (_light.Contains(call.TargetMethod.Name)
                && !call.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit && argument.Value.Bare().Type.Is("System", "TimeSpan"))));
}
