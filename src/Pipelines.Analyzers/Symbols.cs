using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers;

/// <summary>Recognises types by their full metadata names: a project may not refer to all of them, or to several of one name.</summary>
internal static class Symbols
{
    private const string Library = "Pipelines";
    private const string Tasks = "System.Threading.Tasks";

    public static bool Is(this ITypeSymbol? type, string @namespace, string metadataName) =>
        type is { ContainingType: null, ContainingNamespace: { } container }
        && type.OriginalDefinition.MetadataName == metadataName
        && container.IsNamed(@namespace);

    public static bool IsOpenPipeline(this ITypeSymbol? type) => type.Is(Library, "Pipeline`1");

    public static bool IsClosedPipeline(this ITypeSymbol? type) => type.Is(Library, "Pipeline");

    public static bool IsPipeline(this ITypeSymbol? type) => type.IsOpenPipeline() || type.IsClosedPipeline();

    public static bool IsRun(this ITypeSymbol? type) => type.Is(Library, "PipelineRun");

    public static bool IsBlockOptions(this ITypeSymbol? type) => type.Is(Library, "BlockOptions");

    public static bool IsCancellationToken(this ITypeSymbol? type) => type.Is("System.Threading", "CancellationToken");

    /// <summary>A task or a value task, with or without a result, or a type derived from one.</summary>
    public static bool IsTask(this ITypeSymbol? type)
    {
        for (ITypeSymbol? one = type; one is not null; one = one.BaseType)
        {
            if (one.Is(Tasks, "Task") || one.Is(Tasks, "Task`1") || one.Is(Tasks, "ValueTask") || one.Is(Tasks, "ValueTask`1"))
            {
                return true;
            }
        }

        // A type parameter is what its constraint says: the library's own guards are of this kind.
        return type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(IsTask);
    }

    /// <summary>An asynchronous sequence, or a type that is one.</summary>
    public static bool IsAsynchronousSequence(this ITypeSymbol? type) =>
        type is not null && (type.Is("System.Collections.Generic", "IAsyncEnumerable`1")
            || type.AllInterfaces.Any(one => one.Is("System.Collections.Generic", "IAsyncEnumerable`1")));

    /// <summary>Whether a namespace has this full name. Asked for every call of a program, so it makes no string.</summary>
    public static bool IsNamed(this INamespaceSymbol @namespace, string name)
    {
        int end = name.Length;
        for (INamespaceSymbol one = @namespace; !one.IsGlobalNamespace; one = one.ContainingNamespace)
        {
            int start = end - one.Name.Length;
            if (start < 0 || string.CompareOrdinal(name, start, one.Name, 0, one.Name.Length) != 0)
            {
                return false;
            }

            if (start == 0)
            {
                return one.ContainingNamespace.IsGlobalNamespace;
            }

            if (name[start - 1] != '.')
            {
                return false;
            }

            end = start - 1;
        }

        return false;
    }

    public static bool DerivesFrom(this ITypeSymbol? type, string @namespace, string metadataName)
    {
        for (ITypeSymbol? one = type; one is not null; one = one.BaseType)
        {
            if (one.Is(@namespace, metadataName))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a method is a member of a pipeline, or one of the library's extensions of it, in whichever form it is called.</summary>
    public static bool IsMemberOfPipeline(this IMethodSymbol method)
    {
        IMethodSymbol definition = method.ReducedFrom ?? method;
        INamedTypeSymbol? type = definition.ContainingType.Outermost();
        return type.IsPipeline()
            || (type is { IsStatic: true, ContainingNamespace: { } container } && container.IsNamed(Library)
                && (definition.Parameters.FirstOrDefault()?.Type.IsOpenPipeline() == true
                    || definition.ContainingType.ExtensionParameter?.Type.IsOpenPipeline() == true));
    }

    /// <summary>Whether a pipeline has a member of this name where this method stands, or on the open pipeline that it extends.</summary>
    public static bool HasSibling(this IMethodSymbol method, string name)
    {
        IMethodSymbol definition = method.ReducedFrom ?? method;
        ITypeSymbol? extended = definition.ContainingType.ExtensionParameter?.Type ?? definition.Parameters.FirstOrDefault()?.Type;
        return definition.ContainingType.Outermost()?.GetMembers(name).IsEmpty == false
            || (extended.IsOpenPipeline() && extended!.OriginalDefinition.GetMembers(name).IsEmpty == false);
    }

    /// <summary>The type that is in no other: an extension block is a type inside its static class, an awaiter one inside its awaitable.</summary>
    public static INamedTypeSymbol? Outermost(this INamedTypeSymbol? type)
    {
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        return type;
    }
}
