using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>The checks that several public members share, so that they refuse bad input in the same words.</summary>
internal static class Require
{
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public static int Capacity(int capacity, [CallerArgumentExpression(nameof(capacity))] string? name = null) =>
        capacity >= 1
            ? capacity
            : throw new ArgumentOutOfRangeException(name, capacity, "A capacity counts the items that may wait; it must be 1 or more.");

    public static int Parallelism(int parallelism, [CallerArgumentExpression(nameof(parallelism))] string? name = null) =>
        parallelism >= 1
            ? parallelism
            : throw new ArgumentOutOfRangeException(name, parallelism, "The parallelism counts the items worked on at once; it must be 1 or more.");

    public static int Attempts(int attempts, [CallerArgumentExpression(nameof(attempts))] string? name = null) =>
        attempts >= 1
            ? attempts
            : throw new ArgumentOutOfRangeException(name, attempts, "The attempts count how often a job is begun at most; it must be 1 or more.");

    public static int Size(int size, [CallerArgumentExpression(nameof(size))] string? name = null) =>
        size >= 1
            ? size
            : throw new ArgumentOutOfRangeException(name, size, "A size counts items; it must be 1 or more.");

    public static long Weight(long weight, [CallerArgumentExpression(nameof(weight))] string? name = null) =>
        weight >= 1
            ? weight
            : throw new ArgumentOutOfRangeException(name, weight, "The weight of a batch must be 1 or more.");

    public static TimeSpan Age(TimeSpan age, [CallerArgumentExpression(nameof(age))] string? name = null) =>
        age >= TimeSpan.Zero
            ? age
            : throw new ArgumentOutOfRangeException(name, age, "An age must be zero or more; zero never holds an item back.");

    /// <summary>A time as a timer takes it: what is longer than any timer can be set to is no limit.</summary>
    public static TimeSpan ForTimer(TimeSpan time) => time <= s_longestTimer ? time : Timeout.InfiniteTimeSpan;

    public static int Lanes(int lanes, [CallerArgumentExpression(nameof(lanes))] string? name = null) =>
        lanes >= 1
            ? lanes
            : throw new ArgumentOutOfRangeException(name, lanes, "Items are spread over lanes; there must be 1 or more.");

    public static Blueprint<T>[] AllNotNull<T>(ReadOnlySpan<Pipeline<T>> inputs, [CallerArgumentExpression(nameof(inputs))] string? name = null)
    {
        var blocks = new Blueprint<T>[inputs.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = inputs[i]?.Block ?? throw new ArgumentNullException(name, "One of the pipelines is null.");
        }

        return blocks;
    }

    public static T NotNull<T>([System.Diagnostics.CodeAnalysis.NotNull] T? argument, [CallerArgumentExpression(nameof(argument))] string? name = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(argument, name);
        return argument;
    }
}
