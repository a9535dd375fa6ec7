namespace Pipelines.Execution;

/// <summary>Brings the forms in which a user may write an asynchronous delegate to the one that islands call.</summary>
internal static class Delegates
{
    public static Func<T, CancellationToken, ValueTask<U>> Uniform<T, U>(Func<T, CancellationToken, Task<U>> f) =>
        (item, token) => new(f(item, token));

    public static Func<T, CancellationToken, ValueTask<U>> Uniform<T, U>(Func<T, ValueTask<U>> f) =>
        (item, _) => f(item);

    public static Func<T, CancellationToken, ValueTask<U>> Uniform<T, U>(Func<T, Task<U>> f) =>
        (item, _) => new(f(item));

    public static Func<T, CancellationToken, ValueTask> Uniform<T>(Func<T, CancellationToken, Task> f) =>
        (item, token) => new(f(item, token));

    public static Func<T, CancellationToken, ValueTask> Uniform<T>(Func<T, ValueTask> f) =>
        (item, _) => f(item);

    public static Func<T, CancellationToken, ValueTask> Uniform<T>(Func<T, Task> f) =>
        (item, _) => new(f(item));
}
