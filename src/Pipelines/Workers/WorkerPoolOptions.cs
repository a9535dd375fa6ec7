namespace Pipelines.Workers;

/// <summary>Settings of a <see cref="WorkerPool{TIn, TOut}"/>.</summary>
public sealed record WorkerPoolOptions
{
    internal static readonly WorkerPoolOptions Default = new();

    /// <summary>The pool's name in its report and in what it throws.</summary>
    /// <value>Default: the expression that the pool was given as its work.</value>
    public string? Name { get; init; }

    /// <summary>How many workers there are at most. They are started one by one, when jobs wait.</summary>
    /// <value>Default <see cref="Environment.ProcessorCount"/>. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Parallelism { get; init => field = Require.Parallelism(value, nameof(Parallelism)); } = Environment.ProcessorCount;

    /// <summary>
    /// How many jobs may wait in the queue, how many may be in the workers' hands, and how many results may wait to be read; each of the three. Of an
    /// ordered pool it is also how far jobs may run ahead of the slowest. Where it is below <see cref="Parallelism"/>, that counts instead.
    /// </summary>
    /// <value>Jobs; default 256. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Capacity { get; init => field = Require.Capacity(value, nameof(Capacity)); } = 256;

    /// <summary>Whether <see cref="WorkerPool{TIn, TOut}.Results"/> come in the order in which their items were added.</summary>
    /// <value>Default true. False delivers each result as soon as it is there; a pool that is only called needs no order.</value>
    public bool Ordered { get; init; } = true;

    /// <summary>How often a job is begun at most, when its worker faults each time.</summary>
    /// <value>Default 3. At least 1, which never begins a job twice.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Attempts { get; init => field = Require.Attempts(value, nameof(Attempts)); } = 3;

    /// <summary>Tells whether an exception of the work means that the worker's resource is of no more use, and not only that the job has failed.</summary>
    /// <value>Default: it does if it is a <see cref="WorkerFaultedException"/>. What the creation of a resource throws is always such a fault.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public Func<Exception, bool> IsWorkerFault { get; init => field = Require.NotNull(value, nameof(IsWorkerFault)); }
        = static error => error is WorkerFaultedException;

    /// <summary>Hears of each worker that faulted, when its resource has been disposed and before its job runs again. Several workers may call it at
    /// once.</summary>
    /// <value>Default none. If it throws, the job fails with that and with the fault.</value>
    public Action<WorkerFault>? OnWorkerFault { get; init; }

    /// <summary>What the pool does when the job of an added item, which has no caller, fails: end, or leave the item out of the results and go on.</summary>
    /// <value>Default <see cref="ErrorPolicy.Stop"/>. Of calls the callers hear, whatever the policy.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ErrorPolicy OnError { get; init => field = Require.NotNull(value, nameof(OnError)); } = ErrorPolicy.Stop;

    /// <summary>
    /// Receives what was added to a pool and did not get through before it was stopped: the items of jobs that were not done, and results that did not reach
    /// <see cref="WorkerPool{TIn, TOut}.Results"/>. One at a time, when no worker works any more. The item of a call is its caller's, who gets an exception
    /// instead.
    /// </summary>
    /// <value>Default: disposes the item if it is <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/>.</value>
    public Action<object?>? OnUndelivered { get; init; }

    /// <summary>Where the work executes, and the creation and disposal of resources.</summary>
    /// <value>Default: the thread pool.</value>
    public TaskScheduler? Scheduler { get; init; }

    /// <summary>Where the deadline of <see cref="WorkerPool{TIn, TOut}.StopAsync"/> is measured.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public TimeProvider TimeProvider { get; init => field = Require.NotNull(value, nameof(TimeProvider)); } = TimeProvider.System;
}
