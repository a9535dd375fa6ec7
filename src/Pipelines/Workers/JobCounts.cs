namespace Pipelines.Workers;

/// <summary>What became of a pool's jobs. Each count only rises, by whoever ended, or began, a job.</summary>
internal sealed class JobCounts
{
    private long _begun;
    private long _succeeded;
    private long _failed;
    private long _cancelledWaiting;
    private long _cancelledRunning;
    private long _undelivered;
    private long _workersCreated;
    private long _workerFaults;
    private long _disposalFailures;

    public void Begin() => Interlocked.Increment(ref _begun);

    public void Succeed() => Interlocked.Increment(ref _succeeded);

    public void Fail() => Interlocked.Increment(ref _failed);

    public void CancelWaiting() => Interlocked.Increment(ref _cancelledWaiting);

    public void CancelRunning() => Interlocked.Increment(ref _cancelledRunning);

    public void Undeliver() => Interlocked.Increment(ref _undelivered);

    public void CreateWorker() => Interlocked.Increment(ref _workersCreated);

    public void FaultWorker() => Interlocked.Increment(ref _workerFaults);

    public void FailDisposal() => Interlocked.Increment(ref _disposalFailures);

    /// <summary>All counts, so that they add up although jobs go on meanwhile.</summary>
    /// <param name="name">The pool's name.</param>
    /// <param name="outcome">How it stands.</param>
    /// <param name="accepted">Reads how many jobs were taken in.</param>
    public WorkerPoolReport Report(string name, RunOutcome outcome, Func<long> accepted)
    {
        // Against the way of a job: what has ended was begun, and what was begun was accepted, so no difference comes out negative.
        long succeeded = Volatile.Read(ref _succeeded);
        long failed = Volatile.Read(ref _failed);
        long cancelledRunning = Volatile.Read(ref _cancelledRunning);
        long cancelledWaiting = Volatile.Read(ref _cancelledWaiting);
        long begun = Volatile.Read(ref _begun);
        long all = accepted();
        return new WorkerPoolReport
        {
            Name = name,
            Outcome = outcome,
            Accepted = all,
            Waiting = all - begun - cancelledWaiting,
            Running = begun - succeeded - failed - cancelledRunning,
            Succeeded = succeeded,
            Failed = failed,
            Cancelled = cancelledWaiting + cancelledRunning,
            Undelivered = Volatile.Read(ref _undelivered),
            WorkersCreated = Volatile.Read(ref _workersCreated),
            WorkerFaults = Volatile.Read(ref _workerFaults),
            DisposalFailures = Volatile.Read(ref _disposalFailures),
        };
    }
}
