namespace Pipelines.AspNetCore;

/// <summary>Puts a run into a line of the list.</summary>
internal static class RunRows
{
    public static PageRow Of(long number, PipelineReport report, string? bottleneck, string state, long? maxInFlight, PageFailure? failure) => new(
        RunId.Of(number),
        SafeText.OnOneLine(report.Name ?? PipelineDiagnostics.Unnamed),
        state,
        PageSampler.Micros(report.Elapsed),
        report.Blocks.Count,
        report.Blocks.Where(block => block.Kind == BlockKind.Producer).Sum(block => block.Out),
        report.Blocks.Where(block => block.Kind == BlockKind.Consumer).Sum(block => block.Out),
        report.Outcome == RunOutcome.Running ? InFlight(report) : 0,
        maxInFlight,
        report.Blocks.Sum(block => block.Failed),
        bottleneck,
        failure is null ? null : $"{failure.Block}: {failure.Type[(failure.Type.LastIndexOf('.') + 1)..]}: {failure.Message}");

    /// <summary>How a run that goes on stands.</summary>
    public static string StateOf(PipelineRun run, PipelineReport report) =>
        report.Outcome != RunOutcome.Running ? PageSampler.StateOf(report.Outcome)
        : run.IsPaused ? PageSampler.Paused
        : run.IsStopping ? "stopping"
        : "running";

    // In front of the blocks or in their hands; of those that count both sides in units of their own, what waits in front.
    private static long InFlight(PipelineReport report)
    {
        Dictionary<string, long> waiting = [];
        foreach (LinkReport link in report.Links)
        {
            waiting[link.To] = waiting.GetValueOrDefault(link.To) + link.Waiting;
        }

        long all = 0;
        foreach (BlockReport block in report.Blocks.Where(block => block.Kind != BlockKind.Producer))
        {
            long left = block.In - block.Out - block.Filtered - block.Failed - block.Dropped - block.Undelivered;
            all += Math.Max(waiting.GetValueOrDefault(block.Name), block.CountsApart ? 0 : left);
        }

        return all;
    }
}
