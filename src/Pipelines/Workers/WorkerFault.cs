namespace Pipelines.Workers;

/// <summary>A worker whose resource is of no more use: it is replaced, and its job runs again.</summary>
public sealed record WorkerFault
{
    /// <summary>The item of the job that the worker had in hand.</summary>
    public required object? Item { get; init; }

    /// <summary>Which attempt at the job this was; the first is 1. After <see cref="WorkerPoolOptions.Attempts"/> there is no other.</summary>
    public required int Attempt { get; init; }

    /// <summary>What the work threw, or the creation of the resource.</summary>
    public required Exception Exception { get; init; }

    /// <summary>What the disposal of the resource threw in its turn; null if it did not.</summary>
    public Exception? DisposalException { get; init; }
}
