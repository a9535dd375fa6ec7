namespace Pipelines.Tests.Blocks;

/// <summary>Waits for something that a run must bring about, and makes a hang a failure that shows where everything stands.</summary>
internal static class Patience
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public static async Task WithAsync(Task task, PipelineRun run, string context = "")
    {
        try
        {
            await task.WaitAsync(s_limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Assert.Fail($"The run hangs. {context}\n{run.Snapshot()}");
        }
    }

    public static async Task<T> WithAsync<T>(Task<T> task, PipelineRun run, string context = "")
    {
        await WithAsync((Task)task, run, context);
        return await task;
    }

    /// <summary>The same for members that run a pipeline and do not show the run.</summary>
    public static Task<T> WithAsync<T>(Task<T> task) => task.WaitAsync(s_limit);

    public static Task WithAsync(Task task) => task.WaitAsync(s_limit);
}
