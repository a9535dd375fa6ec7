namespace Pipelines.Tests;

/// <summary>Waits for the end of a run, and makes a hang a failure that shows where everything stands.</summary>
internal static class Ended
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>The run's final report, whatever its outcome.</summary>
    public static async Task<PipelineReport> ReportAsync(PipelineRun run, string context = "")
    {
        await ExceptionAsync(run, context);
        return run.Snapshot();
    }

    /// <summary>What the run's completion throws; null if it does not.</summary>
    public static async Task<Exception?> ExceptionAsync(PipelineRun run, string context = "")
    {
        Task end = run.Completion;
        if (await Task.WhenAny(end, Task.Delay(s_patience, TimeProvider.System)) != end)
        {
            Assert.Fail($"The run hangs. {context}\n{run.Snapshot()}");
        }

        try
        {
            await end;
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
