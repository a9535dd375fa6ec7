using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>The code that a block calls with its items: a lambda, or a method or local function of the same file.</summary>
internal sealed class ItemDelegate
{
    private readonly IOperation? _scope;

    private ItemDelegate(IOperation argument, IOperation? body, IOperation? scope)
    {
        Argument = argument;
        Body = body;
        _scope = scope ?? body;
    }

    /// <summary>What was given to the operator, without conversions.</summary>
    public IOperation Argument { get; }

    /// <summary>The code, where it can be seen.</summary>
    public IOperation? Body { get; }

    /// <summary>Whether a finding in the body is shown there: a method of its own is right or wrong only with the block that calls it.</summary>
    public bool IsInPlace => Argument is IAnonymousFunctionOperation;

    /// <summary>Reads what is given to an operator.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="scope">What is called once for each of those that work at once, where that is not the delegate itself: what builds a lane.</param>
    public static ItemDelegate Of(IArgumentOperation argument, IOperation? scope = null)
    {
        IOperation value = argument.Value.Bare();
        return new ItemDelegate(value, value switch
        {
            IAnonymousFunctionOperation lambda => lambda,
            IMethodReferenceOperation method => BodyOf(method),
            _ => null,
        }, scope);
    }

    /// <summary>Whether something is declared inside this code, so that each call, or each lane, has its own.</summary>
    public bool Declares(ISymbol symbol) => Contains(Body, symbol) || Contains(_scope, symbol);

    /// <summary>All that the code does, without the delegates of blocks that it builds: these are looked at with their blocks.</summary>
    public IEnumerable<IOperation> Operations() => Body is null ? [] : Under(Body);

    private static IEnumerable<IOperation> Under(IOperation operation)
    {
        foreach (IOperation child in operation.ChildOperations)
        {
            if (child is IAnonymousFunctionOperation && IsGivenToOperator(child))
            {
                continue;
            }

            yield return child;
            foreach (IOperation grandchild in Under(child))
            {
                yield return grandchild;
            }
        }
    }

    private static bool IsGivenToOperator(IOperation lambda) =>
        Operators.ArgumentOf(lambda) is { Parent: IInvocationOperation call } argument && call.IsOperator() && Operators.TakesItems(argument.Parameter?.Type);

    private static bool Contains(IOperation? code, ISymbol symbol) => code is not null
        && symbol.DeclaringSyntaxReferences.Any(reference => reference.SyntaxTree == code.Syntax.SyntaxTree && code.Syntax.Span.Contains(reference.Span));

    private static IOperation? BodyOf(IMethodReferenceOperation method)
    {
        SyntaxNode? declaration = method.Method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        return declaration is null || declaration.SyntaxTree != method.SemanticModel?.SyntaxTree ? null : method.SemanticModel.GetOperation(declaration);
    }
}
