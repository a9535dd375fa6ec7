using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>What holds a thread.</summary>
internal static class Blocking
{
    private const string Threading = "System.Threading";
    private const string Tasks = "System.Threading.Tasks";

    // By method: the namespace and the type.
    private static readonly ILookup<string, (string Namespace, string Type)> _methods = new[]
    {
        (Tasks, "Task", "Wait"), (Tasks, "Task", "WaitAll"), (Tasks, "Task", "WaitAny"),
        (Threading, "Thread", "Sleep"), (Threading, "Thread", "Join"), (Threading, "SpinWait", "SpinUntil"),
        (Threading, "SemaphoreSlim", "Wait"), (Threading, "ManualResetEventSlim", "Wait"), (Threading, "CountdownEvent", "Wait"),
        (Threading, "Barrier", "SignalAndWait"), (Threading, "Monitor", "Wait"),
        (Threading, "WaitHandle", "WaitOne"), (Threading, "WaitHandle", "WaitAll"), (Threading, "WaitHandle", "WaitAny"),
        (Threading, "WaitHandle", "SignalAndWait"),
        ("System.Diagnostics", "Process", "WaitForExit"), ("System.Collections.Concurrent", "BlockingCollection`1", "Take"),
    }.ToLookup(one => one.Item3, one => (one.Item1, one.Item2));

    /// <summary>Whether an operation holds its thread until something else happens.</summary>
    public static bool Blocks(IOperation operation) => operation switch
    {
        // A limit of zero asks and does not wait.
        IInvocationOperation call => IsBlocking(call.TargetMethod)
            && !call.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: 0 }),
        IPropertyReferenceOperation { Property: { Name: "Result", ContainingType: { } type } } => IsTaskWithResult(type),
        IMethodReferenceOperation method => IsBlocking(method.Method),
        _ => false,
    };

    public static bool IsBlocking(IMethodSymbol method)
    {
        if (method.Name == "GetResult")
        {
            return method.ContainingType.Outermost() is { ContainingNamespace: { } container } type
                && container.IsNamed("System.Runtime.CompilerServices")
                && (type.Name.EndsWith("Awaiter", StringComparison.Ordinal) || type.Name.EndsWith("Awaitable", StringComparison.Ordinal));
        }

        return _methods[method.Name].Any(one => method.ContainingType.DerivesFrom(one.Namespace, one.Type));
    }

    /// <summary>Whether the code asks or awaits the same task somewhere: its result is there, then.</summary>
    public static bool HasEnded(IOperation operation, ItemDelegate code)
    {
        ISymbol? task = Root(operation);
        return task is not null && code.Operations().Any(one => one switch
        {
            IAwaitOperation wait => wait.Operation.DescendantsAndSelf().Any(part => !IsPartOf(operation, part) && IsOne(Root(part), task)),
            IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "Status" } property => IsOne(Root(property), task),
            _ => false,
        });
    }

    // The variable that a property or a call hangs on: t of t.Result, of t.GetAwaiter().GetResult() and of t alone.
    private static ISymbol? Root(IOperation? operation) => operation?.Bare() switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IPropertyReferenceOperation { Property.Name: "Result" or "IsCompleted" or "IsCompletedSuccessfully" or "Status" } property => Root(property.Instance),
        IInvocationOperation { TargetMethod.Name: "GetResult" or "GetAwaiter" or "Wait" or "ConfigureAwait" } call => Root(call.Instance),
        _ => null,
    };

    private static bool IsOne(ISymbol? one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

    private static bool IsPartOf(IOperation whole, IOperation part)
    {
        for (IOperation? one = part; one is not null; one = one.Parent)
        {
            if (one == whole)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsTaskWithResult(INamedTypeSymbol type) => type.Is(Tasks, "Task`1") || type.Is(Tasks, "ValueTask`1");
}
