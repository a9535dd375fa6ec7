using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>What lets one worker at a time through. In doubt a change counts as guarded.</summary>
internal static class Guards
{
    /// <summary>Whether an operation stands in a <c>lock</c> of the delegate.</summary>
    public static bool Guard(IOperation operation, ItemDelegate code)
    {
        for (IOperation? parent = operation.Parent; parent is not null && parent != code.Body; parent = parent.Parent)
        {
            if (parent is ILockOperation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the delegate takes a lock by a call, whose end is not worth looking for: a semaphore, a monitor, somebody's AsyncLock.</summary>
    public static bool GuardAll(ItemDelegate code) => code.Operations().OfType<IInvocationOperation>().Any(call => TakesLock(call.TargetMethod));

    private static bool TakesLock(IMethodSymbol method) =>
        Begins(method, "Lock") || Begins(method, "Acquire") || Begins(method, "Enter") || Begins(method, "TryEnter") || method.Name == "WaitOne"
        || (method.ContainingType.Is("System.Threading", "SemaphoreSlim") && Begins(method, "Wait"));

    private static bool Begins(IMethodSymbol method, string verb) => method.Name.StartsWith(verb, StringComparison.Ordinal);
}
