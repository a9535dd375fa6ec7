namespace Pipelines.Hosting;

/// <summary>A hosted pipeline, to look at and to steer. Injected with the pipeline's name as key; without one, as <c>IEnumerable</c>, all of them.</summary>
public interface IPipelineHost
{
    /// <summary>The pipeline's name.</summary>
    string Name { get; }

    /// <summary>What it is doing.</summary>
    PipelineHostState State { get; }

    /// <summary>The shape of the pipeline, as it was last built; null before its first start.</summary>
    PipelineGraph? Graph { get; }

    /// <summary>Where and on what the latest run that failed did; null if none has.</summary>
    BlockFailure? Failure { get; }

    /// <summary>How many times it was started again.</summary>
    int Restarts { get; }

    /// <summary>How many things it had accepted and has given up, over all runs: the ones that <c>OnLost</c> is shown.</summary>
    long Lost { get; }

    /// <summary>The inbox in figures; null if there is none.</summary>
    InboxReport? Inbox { get; }

    /// <summary>What the run does, or the last one did; null before the first start.</summary>
    /// <returns>A report, which is numbers.</returns>
    PipelineReport? Snapshot();

    /// <summary>Holds the sources still, the inbox among them, which accepts until it is full. See <see cref="PipelineRun.PauseAsync"/>.</summary>
    /// <param name="cancellationToken">Ends the wait for rest, and nothing else.</param>
    /// <returns>A task that ends when everything is at rest.</returns>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    Task PauseAsync(CancellationToken cancellationToken = default);

    /// <summary>Lets the sources go on.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    void Resume();

    /// <summary>Sets how many items a block works on at once, until the pipeline is started again: a new run begins with what its code and configuration
    /// say. See <see cref="PipelineRun.SetParallelism"/>.</summary>
    /// <param name="block">The block's name.</param>
    /// <param name="value">How many. At least 1.</param>
    /// <exception cref="ArgumentException">There is no such block, or its number of workers cannot be set.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is below 1, or more than the block has room for.</exception>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    void SetParallelism(string block, int value);

    /// <summary>Stops the run, which drains as on a stop of the host, and starts another; starts one that has ended or failed again. The inbox goes on
    /// accepting, and what is in it is for the next run.</summary>
    /// <param name="cancellationToken">Ends the wait, and nothing else.</param>
    /// <returns>A task that ends when the next run has started. If that could not be built, it throws why.</returns>
    /// <exception cref="InvalidOperationException">The host stops, or has not started the pipeline.</exception>
    Task RestartAsync(CancellationToken cancellationToken = default);
}

/// <summary>What a hosted pipeline is doing.</summary>
public enum PipelineHostState
{
    /// <summary>The host has not started it yet.</summary>
    NotStarted,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It runs, and its sources hold still.</summary>
    Paused,

    /// <summary>It has failed, and waits to be started again.</summary>
    Restarting,

    /// <summary>It drains: the host stops, or it is being restarted by hand.</summary>
    Stopping,

    /// <summary>The host has stopped it.</summary>
    Stopped,

    /// <summary>It has come to its end by itself.</summary>
    Completed,

    /// <summary>It has failed, and is not started again by itself.</summary>
    Failed,
}

/// <summary>An inbox in figures.</summary>
/// <param name="Waiting">Items that wait in it.</param>
/// <param name="Capacity">How many may.</param>
/// <param name="Accepted">Items that it has ever accepted.</param>
/// <param name="Refused">Calls that it has refused, because it was full or closed.</param>
/// <param name="IsOpen">Whether it accepts.</param>
public sealed record InboxReport(int Waiting, int Capacity, long Accepted, long Refused, bool IsOpen);
