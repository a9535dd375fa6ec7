namespace Pipelines;

/// <summary>How a run stands or ended.</summary>
public enum RunOutcome
{
    /// <summary>It has not ended.</summary>
    Running,

    /// <summary>All producers ended by themselves, or a consumer had enough, and everything in flight was handled.</summary>
    Completed,

    /// <summary><see cref="PipelineRun.StopAsync"/> or <see cref="PipelineRun.Abort"/> ended it.</summary>
    Stopped,

    /// <summary>The run's own cancellation token ended it.</summary>
    Cancelled,

    /// <summary>User code threw; <see cref="PipelineRun.Failure"/> says where.</summary>
    Failed,
}
