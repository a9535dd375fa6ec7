using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pipelines.Hosting;

/// <summary>The health of a hosted pipeline, in a sentence that names the block.</summary>
internal sealed class PipelineHealthCheck(HostedPipeline pipeline) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        PipelineHostState state = pipeline.State;
        PipelineRun? run = pipeline.Run;
        (HealthStatus status, string sentence) = state switch
        {
            PipelineHostState.Running when run is not null => Moving(run),
            PipelineHostState.Paused => (HealthStatus.Degraded, "It is paused."),
            PipelineHostState.Stopping => (HealthStatus.Degraded, run?.Snapshot().HeldUpBy is { Count: > 0 } names
                ? $"It stops, and that is held up by {string.Join(", ", names)}."
                : "It stops, and lets what is in flight through."),
            PipelineHostState.Completed when pipeline.Inbox is null => (HealthStatus.Healthy, "It has come to its end."),
            PipelineHostState.Completed => (context.Registration.FailureStatus, "It has come to its end by itself, and reads its inbox no more."),
            PipelineHostState.Restarting => (context.Registration.FailureStatus, $"It has failed{Where()}, and is to be started again{When()}."),
            PipelineHostState.Failed => (context.Registration.FailureStatus, $"It has failed{Where()}."),
            PipelineHostState.Stopped => (context.Registration.FailureStatus, "The host has stopped it."),
            _ => (context.Registration.FailureStatus, "It has not been started yet."),
        };
        return Task.FromResult(new HealthCheckResult(status, $"{pipeline.Name}: {sentence}", pipeline.Error, Data(run)));
    }

    private (HealthStatus Status, string Sentence) Moving(PipelineRun run)
    {
        pipeline.Watch.Look(run, pipeline.Inbox?.Waiting ?? 0);
        return pipeline.Watch.Judge(run.Snapshot()) is { } trouble ? (HealthStatus.Degraded, trouble) : (HealthStatus.Healthy, "It runs.");
    }

    private string Where() => pipeline.Failure is { } failure ? $" in {failure.Block}: {failure.Exception.GetType().Name}"
        : pipeline.Error is { } error ? $": {error.GetType().Name}"
        : "";

    private string When() => pipeline.RestartsAt is { } time
        ? string.Create(CultureInfo.InvariantCulture, $" in {Math.Max(0, (time - pipeline.Clock.GetUtcNow()).TotalSeconds):0.0} s")
        : "";

    private Dictionary<string, object> Data(PipelineRun? run)
    {
        Dictionary<string, object> data = new()
        {
            ["state"] = pipeline.State.ToString(),
            ["restarts"] = pipeline.Restarts,
            ["lost"] = pipeline.Lost,
        };
        if (run?.Snapshot() is { } report)
        {
            data["in"] = report.Blocks.Where(block => block.Kind == BlockKind.Producer).Sum(block => block.Out);
            data["out"] = report.Blocks.Where(block => block.Kind == BlockKind.Consumer).Sum(block => block.Out);
            data["failed"] = report.Blocks.Sum(block => block.Failed);
        }

        if (pipeline.Inbox is { } inbox)
        {
            data["inbox"] = inbox.Waiting;
        }

        return data;
    }
}
