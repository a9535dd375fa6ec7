namespace Pipelines.Workers;

/// <summary>An item on its way through a pool, with what becomes of it.</summary>
/// <remarks>
/// States: waiting, in hand, ended. The worker that takes it up moves it from the first to the second, and from there on it is that worker's alone.
/// Only the job of a call can end before: its caller's token and the end of the pool compete with the worker for it, and one of them gets it.
/// </remarks>
internal abstract class Job<TIn, TOut>(TIn item)
{
    public TIn Item { get; } = item;

    /// <summary>The trace inside of which it was given to the pool, if somebody listens.</summary>
    public ActivityContext Trace { get; } = RunSpan.Source.HasListeners() ? Activity.Current?.Context ?? default : default;

    /// <summary>Cancels this job alone.</summary>
    public virtual CancellationToken Token => CancellationToken.None;

    /// <summary>Where the work executes, with the caller's logging scope and the like; null: where the pool was made.</summary>
    public virtual ExecutionContext? Context => null;

    /// <summary>A worker takes the job up. False: there is nothing to do any more.</summary>
    public abstract bool TryBegin();

    public abstract void Succeed(TOut result);

    /// <summary>The job's last attempt ended with an exception: tells it to whom it concerns, which may mean to throw it.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="abort">Cancelled when the whole pool ends.</param>
    public abstract void Fail(Exception error, CancellationToken abort);

    /// <summary>The pool has ended with this job somewhere in it, begun or not, ended or not.</summary>
    public abstract void HandBack();

    /// <summary>As the item, which is what a failure's report shows.</summary>
    public override string? ToString() => Item?.ToString();
}
