using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>Whether a block works on several items at once, as far as its options say so in this file.</summary>
internal static class Parallelism
{
    // Options made of options made of options: somebody who writes that knows what he does.
    private const int Depth = 4;

    public static bool IsParallel(this IInvocationOperation call) =>
        call.Arguments.Any(argument => argument.Parameter?.Type.IsBlockOptions() == true && SaysParallel(argument.Value, Depth));

    /// <summary>The call that runs several copies of the branch that this call is written in, and the lambda that builds each of them.</summary>
    public static (IInvocationOperation Call, IOperation Builder)? Lanes(this IInvocationOperation call)
    {
        for (IOperation? parent = call.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation
                && Operators.ArgumentOf(parent) is { Parent: IInvocationOperation outer } argument
                && outer.IsOperator() && !Operators.TakesItems(argument.Parameter?.Type)
                && (outer.IsParallel() || outer.TargetMethod.Name is "Partition" or "GroupBy"))
            {
                return (outer, parent);
            }
        }

        return null;
    }

    private static bool SaysParallel(IOperation? options, int depth) => depth > 0 && options?.Bare() switch
    {
        IObjectCreationOperation creation => Assigned(creation.Initializer) ?? false,
        IWithOperation with => Assigned(with.Initializer) ?? SaysParallel(with.Operand, depth - 1),
        IConditionalOperation choice => SaysParallel(choice.WhenTrue, depth - 1) || SaysParallel(choice.WhenFalse, depth - 1),
        ICoalesceOperation choice => SaysParallel(choice.Value, depth - 1) || SaysParallel(choice.WhenNull, depth - 1),
        ILocalReferenceOperation local => SaysParallel(Initial(local.Local, local.SemanticModel), depth - 1),
        IFieldReferenceOperation field => SaysParallel(Initial(field.Field, field.SemanticModel), depth - 1),
        IPropertyReferenceOperation property => SaysParallel(Initial(property.Property, property.SemanticModel), depth - 1),
        _ => false,
    };

    // Null where the initializer does not speak of it. A figure that only the run knows is meant to be above 1: who wants 1 leaves it out.
    private static bool? Assigned(IObjectOrCollectionInitializerOperation? initializer)
    {
        bool? parallel = null;
        foreach (ISimpleAssignmentOperation assignment in initializer?.Initializers.OfType<ISimpleAssignmentOperation>() ?? [])
        {
            switch ((assignment.Target as IPropertyReferenceOperation)?.Property.Name)
            {
                case "Parallelism" when assignment.Value.Bare() is not IInvalidOperation:
                    parallel = parallel == true || assignment.Value.ConstantValue is not { HasValue: true, Value: int and <= 1 };
                    break;
                case "AdaptiveParallelism":
                    parallel = parallel == true || assignment.Value.Bare().ConstantValue is not { HasValue: true, Value: null };
                    break;
            }
        }

        return parallel;
    }

    // Only in the same file, for which there is a semantic model already.
    private static IOperation? Initial(ISymbol symbol, SemanticModel? model)
    {
        SyntaxNode? declaration = symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        ExpressionSyntax? value = declaration switch
        {
            VariableDeclaratorSyntax variable => variable.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value ?? property.ExpressionBody?.Expression,
            _ => null,
        };
        return value is null || model is null || value.SyntaxTree != model.SyntaxTree ? null : model.GetOperation(value);
    }
}
