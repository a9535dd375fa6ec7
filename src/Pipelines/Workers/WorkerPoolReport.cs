using System.Globalization;

namespace Pipelines.Workers;

/// <summary>What became of the jobs of a <see cref="WorkerPool{TIn, TOut}"/> so far.</summary>
/// <remarks>At any moment <c>Accepted = Waiting + Running + Succeeded + Failed + Cancelled</c>; once the pool has ended, none waits and none runs.</remarks>
public sealed record WorkerPoolReport
{
    /// <summary>The pool's name.</summary>
    public required string Name { get; init; }

    /// <summary>How the pool stands or ended.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Jobs that were taken into the queue.</summary>
    public required long Accepted { get; init; }

    /// <summary>Jobs that no worker has begun.</summary>
    public required long Waiting { get; init; }

    /// <summary>Jobs that a worker has begun and not ended.</summary>
    public required long Running { get; init; }

    /// <summary>Jobs that have a result.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Jobs that ended with an exception, after the last attempt.</summary>
    public required long Failed { get; init; }

    /// <summary>Jobs that were not done, or not to their end: the token of their caller was cancelled, or the pool was stopped.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Of those that succeeded: results of added items that did not reach <see cref="WorkerPool{TIn, TOut}.Results"/> before the pool was
    /// stopped.</summary>
    public required long Undelivered { get; init; }

    /// <summary>Workers that were ever made, replacements included.</summary>
    public required long WorkersCreated { get; init; }

    /// <summary>Workers that faulted, and creations of workers that failed.</summary>
    public required long WorkerFaults { get; init; }

    /// <summary>Disposals of a worker's resource that threw.</summary>
    public required long DisposalFailures { get; init; }

    /// <summary>Failures of added items that came while the pool was ending for another cause: <see cref="WorkerPool{TIn, TOut}.Completion"/> does not throw
    /// them.</summary>
    public IReadOnlyList<BlockFailure> LaterFailures { get; init; } = [];

    /// <summary>The counts in one line.</summary>
    /// <returns>A line without its end.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {Outcome}, {Accepted:N0} jobs = {Waiting:N0} waiting + {Running:N0} running + {Succeeded:N0} succeeded + {Failed:N0} failed + " +
        $"{Cancelled:N0} cancelled; {WorkersCreated:N0} workers, {WorkerFaults:N0} faults");
}
