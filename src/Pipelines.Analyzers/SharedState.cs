using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>What all calls of a delegate see, and not only one of them.</summary>
internal static class SharedState
{
    public static bool IsShared(IOperation? operation, ItemDelegate code) => operation?.Bare() switch
    {
        ILocalReferenceOperation local => !code.Declares(local.Local),
        IParameterReferenceOperation parameter => !code.Declares(parameter.Parameter),
        IInstanceReferenceOperation instance => instance.ReferenceKind == InstanceReferenceKind.ContainingTypeInstance,
        IFieldReferenceOperation field => !IsOfOneThread(field.Field)
            && (field.Field.IsStatic || IsShared(field.Instance, code)),
        IPropertyReferenceOperation property => !IsOfOneThread(property.Property.ContainingType)
            && (property.Property.IsStatic || IsShared(property.Instance, code)),

        // Workers that write to one array usually share it out among themselves; only what reads before it writes is asked (Changing).
        IArrayElementReferenceOperation element => IsShared(element.ArrayReference, code),
        IConditionalAccessInstanceOperation instance => IsShared(Accessed(instance), code),
        _ => false,
    };

    private static IOperation? Accessed(IConditionalAccessInstanceOperation instance)
    {
        for (IOperation? parent = instance.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IConditionalAccessOperation access && access.WhenNotNull.Syntax.Span.Contains(instance.Syntax.Span))
            {
                return access.Operation;
            }
        }

        return null;
    }

    private static bool IsOfOneThread(IFieldSymbol field) =>
        field.GetAttributes().Any(attribute => attribute.AttributeClass.Is("System", "ThreadStaticAttribute"));

    private static bool IsOfOneThread(INamedTypeSymbol type) => type.Is("System.Threading", "ThreadLocal`1") || type.Is("System.Threading", "AsyncLocal`1");
}
