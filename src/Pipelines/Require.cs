using System.Runtime.CompilerServices;

namespace Pipelines;

/// <summary>The checks that several public members share, so that they refuse bad input in the same words.</summary>
internal static class Require
{
    public static int Capacity(int capacity, [CallerArgumentExpression(nameof(capacity))] string? name = null) =>
        capacity >= 1
            ? capacity
            : throw new ArgumentOutOfRangeException(name, capacity, "A capacity counts the items that may wait; it must be 1 or more.");

    public static int Parallelism(int parallelism, [CallerArgumentExpression(nameof(parallelism))] string? name = null) =>
        parallelism >= 1
            ? parallelism
            : throw new ArgumentOutOfRangeException(name, parallelism, "The parallelism counts the items worked on at once; it must be 1 or more.");

    public static int Size(int size, [CallerArgumentExpression(nameof(size))] string? name = null) =>
        size >= 1
            ? size
            : throw new ArgumentOutOfRangeException(name, size, "A size counts items; it must be 1 or more.");

    public static T NotNull<T>([System.Diagnostics.CodeAnalysis.NotNull] T? argument, [CallerArgumentExpression(nameof(argument))] string? name = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(argument, name);
        return argument;
    }
}
