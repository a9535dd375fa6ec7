namespace Pipelines.AspNetCore.Tests;

/// <summary>How long a test waits for what must happen: an event, whenever it comes, and no time that is measured.</summary>
internal static class Patience
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public static Task InTime(this Task task) => task.WaitAsync(Long);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Long);
}
