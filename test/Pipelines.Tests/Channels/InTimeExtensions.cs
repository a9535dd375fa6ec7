namespace Pipelines.Tests.Channels;

/// <summary>Awaits that turn a hang into a failed test. The limit is no expectation: a machine under load may take long.</summary>
internal static class InTimeExtensions
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task InTime(this Task task) => task.WaitAsync(Limit);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task InTime(this ValueTask task) => Awaited(task).WaitAsync(Limit);

    public static Task<T> InTime<T>(this ValueTask<T> task) => Awaited(task).WaitAsync(Limit);

    // Awaited and not AsTask: the two reach the source of a value task by different ways, and an await is what users write.
    private static async Task Awaited(ValueTask task) => await task;

    private static async Task<T> Awaited<T>(ValueTask<T> task) => await task;
}
