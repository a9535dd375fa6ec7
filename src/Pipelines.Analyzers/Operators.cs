using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>Reads the calls of operators. By names and types of parameters, never by their places: operators gain parameters.</summary>
internal static class Operators
{
    public static bool IsOperator(this IInvocationOperation call) => call.TargetMethod.IsMemberOfPipeline();

    /// <summary>Whether a call adds a block: its result is a pipeline.</summary>
    public static bool AddsBlock(this IInvocationOperation call) => call.IsOperator() && call.TargetMethod.ReturnType.IsPipeline();

    /// <summary>The delegates that work on items: neither those that build a branch, nor those that create a worker.</summary>
    public static IEnumerable<IArgumentOperation> ItemDelegates(this IInvocationOperation call) =>
        call.Arguments.Where(argument => argument.ArgumentKind == ArgumentKind.Explicit && TakesItems(argument.Parameter?.Type));

    /// <summary>Whether a type is a delegate's, with an item or a channel to work on.</summary>
    public static bool TakesItems(ITypeSymbol? type) =>
        type is INamedTypeSymbol { DelegateInvokeMethod: { Parameters.IsEmpty: false } invoke }
        && !invoke.ReturnType.IsPipeline()
        && !invoke.Parameters.Any(parameter => parameter.Type.IsPipeline());

    /// <summary>What stands behind conversions.</summary>
    public static IOperation Bare(this IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion:
                    operation = conversion.Operand;
                    break;
                case IDelegateCreationOperation creation:
                    operation = creation.Target;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>The argument that a lambda is, or null.</summary>
    public static IArgumentOperation? ArgumentOf(IOperation lambda)
    {
        IOperation? parent = lambda.Parent;
        while (parent is IDelegateCreationOperation or IConversionOperation)
        {
            parent = parent.Parent;
        }

        return parent as IArgumentOperation;
    }

    /// <summary>The name of the called method in the source, which is where a finding is shown.</summary>
    public static Location NameLocation(this IInvocationOperation call) => NameOf(call.Syntax)?.GetLocation() ?? call.Syntax.GetLocation();

    /// <summary>The name of the called method, or of the member that is read, in the source.</summary>
    public static SimpleNameSyntax? NameOf(SyntaxNode use) => (use is InvocationExpressionSyntax call ? call.Expression : use) switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };

    /// <summary>The call that is given this call's result as its pipeline, or null.</summary>
    public static IInvocationOperation? NextInChain(this IInvocationOperation call)
    {
        IOperation operation = call;
        while (operation.Parent is IConversionOperation)
        {
            operation = operation.Parent;
        }

        switch (operation.Parent)
        {
            case IInvocationOperation next when next.Instance == operation:
                return next;
            case IArgumentOperation { Parameter.Ordinal: 0, Parent: IInvocationOperation { Instance: null, TargetMethod.IsExtensionMethod: true } next }:
                return next;
            case IConditionalAccessOperation access when access.Operation == operation:
                return access.WhenNotNull.DescendantsAndSelf().OfType<IInvocationOperation>()
                    .FirstOrDefault(next => Receiver(next) is IConditionalAccessInstanceOperation);
            default:
                return null;
        }
    }

    /// <summary>The pipeline that a call extends: what stands before its dot.</summary>
    public static IOperation? Receiver(this IInvocationOperation call) => call.Instance?.Bare()
        ?? (call.TargetMethod.IsExtensionMethod ? call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value.Bare() : null);
}
