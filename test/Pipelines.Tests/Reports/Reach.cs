using System.Reflection;
using System.Runtime.CompilerServices;

namespace Pipelines.Tests.Reports;

/// <summary>What can be reached from an object over fields, by type.</summary>
internal static class Reach
{
    /// <summary>The types of everything that is neither a string nor a plain value, the object itself included.</summary>
    public static IReadOnlySet<Type> Of(object root)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        HashSet<Type> types = [];
        Stack<object> left = new([root]);
        while (left.TryPop(out object? one))
        {
            Type type = one.GetType();
            if (one is string || type.IsPrimitive || type.IsEnum || !seen.Add(one))
            {
                continue;
            }

            types.Add(type);
            if (one is Array array)
            {
                foreach (object? element in array)
                {
                    Push(element);
                }

                continue;
            }

            for (Type? level = type; level is not null; level = level.BaseType)
            {
                foreach (FieldInfo field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    Push(field.FieldType.IsPointer ? null : field.GetValue(one));
                }
            }
        }

        return types;

        void Push(object? next)
        {
            if (next is not null)
            {
                left.Push(next);
            }
        }
    }

    /// <summary>Waits until an object is garbage. It has ended; the thread that ended it may be on its last instructions.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool IsGone(WeakReference one) => SpinWait.SpinUntil(
        () =>
        {
            if (one.IsAlive)
            {
                GC.Collect();
            }

            return !one.IsAlive;
        },
        TimeSpan.FromSeconds(30));
}
