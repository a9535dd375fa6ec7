namespace Pipelines;

/// <summary>Which threads the workers of a pool, or of a parallel section, execute on.</summary>
public enum WorkerThreads
{
    /// <summary>Those of the thread pool, or of the run's <see cref="PipelineOptions.Scheduler"/>, as everything else of a run.</summary>
    Shared = 0,

    /// <summary>Threads of the block's own, one a worker at most, named after the block: for delegates that block, which would keep threads of the thread pool
    /// from everybody else. They are made as they are needed and end with the block. What is fused behind the block may execute on them too. A run with a
    /// <see cref="PipelineOptions.Scheduler"/> executes everything there, this too.</summary>
    Dedicated = 1,
}
