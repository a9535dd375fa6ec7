namespace Pipelines.Execution;

/// <summary>How code of ours awaits inside of a run. A bare <c>await</c> there would have the runtime give the rest of the method to the user's scheduler:
/// if that one throws, the rest is lost and the run
/// hangs. <c>ConfigureAwait(false)</c> would leave the scheduler, and with it what a test has in its hands.</summary>
/// <remarks>
/// <para>The rule, which a test holds: whatever may execute inside of a run awaits through one of these three, and says by it what comes behind.</para>
/// <para>None of them costs anything where the task has completed already.</para>
/// </remarks>
internal static class EdgeAwait
{
    /// <summary>Goes on at once, on the thread that completes the task: behind it stands code of ours alone, and little of it. Also for what completes on a
    /// thread of the run's own: an asynchronous method of
    /// ours that awaits by this rule.</summary>
    public static EdgeAwaiter AtOnce(this ValueTask task, Edge edge) => new(task, edge, GoesOn.AtOnce);

    /// <inheritdoc cref="AtOnce(ValueTask, Edge)"/>
    public static EdgeAwaiter AtOnce(this Task task, Edge edge) => new(new ValueTask(task), edge, GoesOn.AtOnce);

    /// <inheritdoc cref="AtOnce(ValueTask, Edge)"/>
    public static EdgeAwaiter<T> AtOnce<T>(this ValueTask<T> task, Edge edge) => new(task, edge, GoesOn.AtOnce);

    /// <summary>Goes on where the run's things execute, queued by the edge: for what foreign code completes, where more foreign code is called behind
    /// it.</summary>
    /// <param name="task">What is awaited.</param>
    /// <param name="edge">The run's; null when the run has ended: the thread pool.</param>
    public static EdgeAwaiter Queued(this ValueTask task, Edge? edge) => new(task, edge, GoesOn.Queued);

    /// <inheritdoc cref="Queued(ValueTask, Edge?)"/>
    public static EdgeAwaiter Queued(this Task task, Edge? edge) => new(new ValueTask(task), edge, GoesOn.Queued);

    /// <inheritdoc cref="Queued(ValueTask, Edge?)"/>
    public static EdgeAwaiter<T> Queued<T>(this ValueTask<T> task, Edge? edge) => new(task, edge, GoesOn.Queued);

    /// <inheritdoc cref="Queued(ValueTask, Edge?)"/>
    public static EdgeAwaiter<T> Queued<T>(this Task<T> task, Edge? edge) => new(new ValueTask<T>(task), edge, GoesOn.Queued);

    /// <summary>Ends when the task has, however it has: what it has thrown counts as seen.</summary>
    public static Task EndedAsync(this Task task) => task.ContinueWith(
        static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>As <see cref="Queued(ValueTask, Edge?)"/>, for a wait of ours: whoever wakes it has the thread pool call what waits anyway, which is once
    /// enough.</summary>
    public static EdgeAwaiter Woken(this ValueTask wait, Edge edge) => new(wait, edge, edge.IsThreadPool ? GoesOn.AtOnce : GoesOn.Queued);

    /// <inheritdoc cref="Woken(ValueTask, Edge)"/>
    public static EdgeAwaiter<T> Woken<T>(this ValueTask<T> wait, Edge edge) => new(wait, edge, edge.IsThreadPool ? GoesOn.AtOnce : GoesOn.Queued);
}
