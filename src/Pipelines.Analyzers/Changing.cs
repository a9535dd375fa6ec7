using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>What changes something that several threads must not change at once.</summary>
internal static class Changing
{
    private const string Generic = "System.Collections.Generic";

    private static readonly ImmutableHashSet<string> _collections =
    [
        "List`1", "Dictionary`2", "HashSet`1", "SortedSet`1", "SortedDictionary`2", "SortedList`2", "LinkedList`1",
        "Queue`1", "Stack`1", "PriorityQueue`2", "OrderedDictionary`2",
    ];

    // By their beginnings: Add is AddRange and AddFirst too.
    private static readonly ImmutableArray<string> _verbs =
    [
        "Add", "Append", "Clear", "Dequeue", "Enqueue", "EnsureCapacity", "ExceptWith", "Insert", "IntersectWith", "Pop", "Push", "Remove",
        "Replace", "Reverse", "SetAt", "Sort",
        "SymmetricExceptWith", "TrimExcess", "TryAdd", "TryDequeue", "TryPop", "UnionWith",
    ];

    /// <summary>What an operation changes in a way that needs a guard when it is shared.</summary>
    public static IEnumerable<IOperation> TargetsOf(IOperation operation) => operation switch
    {
        ISimpleAssignmentOperation { IsRef: false } assignment => Written(assignment.Target),
        IDeconstructionAssignmentOperation { Target: ITupleOperation tuple } => tuple.Elements.SelectMany(Written),
        ICompoundAssignmentOperation assignment => ReadAndWritten(assignment.Target),
        ICoalesceAssignmentOperation assignment => ReadAndWritten(assignment.Target),
        IIncrementOrDecrementOperation increment => ReadAndWritten(increment.Target),
        IArgumentOperation { Parameter.RefKind: RefKind.Out } argument => Written(argument.Value),
        IInvocationOperation { Instance: { } instance } call when IsChange(call.TargetMethod) => [instance],
        _ => [],
    };

    /// <summary>Whether a method changes a collection or a string builder that is not made for several threads.</summary>
    public static bool IsChange(IMethodSymbol method) =>
        IsUnsynchronised(method.ContainingType) && _verbs.Any(verb => method.Name.StartsWith(verb, StringComparison.Ordinal));

    private static bool IsUnsynchronised(INamedTypeSymbol type) =>
        (_collections.Contains(type.MetadataName) && type.Is(Generic, type.MetadataName)) || type.Is("System.Text", "StringBuilder");

    // A property's setter may guard itself, and an array's elements are shared out: what writes without reading is asked for the rest only.
    private static IEnumerable<IOperation> Written(IOperation target) => target switch
    {
        ILocalReferenceOperation or IParameterReferenceOperation => [target],
        IFieldReferenceOperation { Field.IsVolatile: false } => [target],
        IPropertyReferenceOperation { Property: { IsIndexer: true, ContainingType: { } type }, Instance: { } instance }
            when IsUnsynchronised(type) => [instance],
        _ => [],
    };

    private static IEnumerable<IOperation> ReadAndWritten(IOperation target) => target switch
    {
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance } => [instance],
        ILocalReferenceOperation or IParameterReferenceOperation or IArrayElementReferenceOperation or IMemberReferenceOperation => [target],
        _ => [],
    };
}
