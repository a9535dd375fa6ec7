using Pipelines.Execution;

namespace Pipelines;

/// <summary>One execution of a pipeline: to await, watch, stop and abort.</summary>
/// <remarks>
/// A run goes from running to its end by itself, or through stopping (<see cref="StopAsync"/>: producers end, the rest drains) or aborting (<see
/// cref="Abort"/>, the run's token, a failure). It
/// may be paused and resumed meanwhile. However it ends, every item is accounted for in its report, and nothing of it executes any more when <see
/// cref="Completion"/> has finished.
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
[DebuggerTypeProxy(typeof(RunDebugView))]
public sealed partial class PipelineRun : IAsyncDisposable
{
    private readonly RunCompletion _completion;
    private RunTokens? _tokens;
    private Leftovers? _leftovers;
    private ITimer? _drainTimer;
    private long _started;
    private long _ended;
    private volatile RunOutcome _outcome;

    internal PipelineRun(ConsumerBlueprint consumer, PipelineOptions options)
    {
        Options = options;
        Life = new Life(this);
        _completion = new RunCompletion(Life);
        Edge = new Edge(this, options);
        Plan = new Plan(this);
        consumer.Build(Plan);
    }

    internal PipelineOptions Options { get; }

    internal Plan Plan { get; }

    internal Life Life { get; }

    internal Edge Edge { get; }

    /// <summary>The context that the run was started in, with its span: what executes user code executes in it. Null if the flow was suppressed.</summary>
    internal ExecutionContext? Context { get; set; }

    /// <summary>That of the caller's token.</summary>
    internal CancellationTokenRegistration Registration { get; set; }

    /// <summary>The run's clock, by its time provider: 1 when it started.</summary>
    internal long Now => Math.Max(1, Edge.Timestamp() - _started + 1);

    internal RunOutcome Outcome => _outcome;

    /// <summary>Whose end is told of the run's at this moment.</summary>
    internal volatile string? TellsOutside;

    /// <summary>
    /// Finishes when the run has ended and nothing of it executes any more. Throws what <see cref="Pipeline.RunAsync(CancellationToken)"/> throws:
    /// the original exception of the first failure, or <see cref="OperationCanceledException"/> if the run's own token was cancelled.
    /// </summary>
    public Task<PipelineReport> Completion => _completion.Task;

    /// <summary>Where and on what the run failed first; null as long as it did not.</summary>
    public BlockFailure? Failure => Life.Failure;

    /// <summary>Whether the run is paused: its producers hold still. A run that stops or has ended is not.</summary>
    public bool IsPaused => Life.IsPaused && !Life.IsOver;

    /// <summary>
    /// Stops the producers, lets everything in flight reach the consumers, flushes partial batches. What has not got through by the time-out
    /// is aborted, counted and handed to <see cref="PipelineOptions.OnUndelivered"/>.
    /// </summary>
    /// <remarks>
    /// The task ends at the time-out, with what stands, also when somebody's code does not return: <see cref="PipelineReport.HeldUpBy"/> names it, and <see
    /// cref="Completion"/> ends when everything has.
    /// (Code that is about to return has a tenth of a second for it.) Awaited by a block of the run itself it waits for that block: start it there, and go on.
    /// </remarks>
    /// <param name="timeout">How long the draining may take, from now, by the run's <see cref="PipelineOptions.TimeProvider"/>;
    /// <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes, zero to abort at once.</param>
    /// <param name="cancellationToken">Cuts the draining short: what is left is aborted as at the time-out. It is not an error.</param>
    /// <returns>The final report. It throws as <see cref="Completion"/> does; nobody has to look at it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative.</exception>
    public Task<PipelineReport> StopAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        if (Life.TryStop())
        {
            TellOfStop();
        }

        return RunStop.StopAsync(this, _completion, timeout, cancellationToken);
    }

    /// <summary>Stops everything now: what is in flight is not delivered, but counted and handed back. Await <see cref="Completion"/> for the end of
    /// it.</summary>
    public void Abort() => TryAbort(Life.Cause.Aborted);

    /// <summary>
    /// Holds the producers still until <see cref="Resume"/>, while what is in flight goes on to the consumers. Other than a stop it ends nothing: a block
    /// that gathers, such as a partial batch, keeps what it has.
    /// </summary>
    /// <remarks>
    /// <para>A producer that waits for the outside (a channel, a sequence, a Dataflow block) keeps waiting, and keeps what comes of it until it may go on;
    /// its end waits too. An observable
    /// cannot be held: what it pushes meanwhile fills its buffer, and then goes by its policy. In a <see cref="Pipeline.Produce"/> every write waits.</para>
    /// <para>The time of a pause is booked as time that producers waited for input. A paused run may be stopped, aborted and cancelled like any other.</para>
    /// </remarks>
    /// <param name="cancellationToken">Ends the wait for rest, and nothing else: the run stays paused.</param>
    /// <returns>A task that ends when everything is at rest: no producer feeds and no block has an item at work. A block written in code counts as at rest
    /// while one of its
    /// tasks waits for input or room. If the run ends well meanwhile, so does the task.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the run was resumed before it had come to rest.</exception>
    /// <exception cref="Exception">What the run has failed with meanwhile: what stood at rest is no checkpoint then.</exception>
    public Task PauseAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        if (Life.TryPause(out Rest rest))
        {
            for (Island? island = Plan.FirstIsland; island is not null; island = island.Following)
            {
                island.Pause();
            }
        }

        // The phase and the note before the look at who executes.
        Interlocked.MemoryBarrier();
        if (_completion.Task.IsCompleted || Life.IsOver)
        {
            EndRest(rest);
        }

        Life.LookForRest();
        return rest.Task.WaitAsync(cancellationToken);
    }

    // The run has ended, or is in its last step: nobody may look at who waits for rest any more.
    private void EndRest(Rest rest)
    {
        Life.TakeRest();
        if (Failure is { } failure)
        {
            rest.Failed(failure.Exception);
        }
        else
        {
            rest.Reached();
        }
    }

    /// <summary>Lets the producers of a paused run go on. Of a run that is not paused it changes nothing.</summary>
    public void Resume()
    {
        if (Life.TryResume(out Rest? rest))
        {
            rest?.Resumed();
            LetGo();
        }
    }

    /// <summary>Aborts what still runs and waits until nothing does. It does not throw: <see cref="Completion"/> is where the outcome is.</summary>
    /// <returns>A task that ends when the run has.</returns>
    public ValueTask DisposeAsync()
    {
        Abort();
        return new ValueTask(_completion.EndAsync());
    }

    private string DebuggerDisplay => $"{Options.Name ?? "Pipeline"} {(_outcome is RunOutcome.Running ? State : _outcome.ToString())}";

    private string State => IsStopping ? "Stopping" : IsPaused ? "Paused" : "Running";
}
