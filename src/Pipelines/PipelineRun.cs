using Pipelines.Execution;
using System.Diagnostics.CodeAnalysis;

namespace Pipelines;

/// <summary>One execution of a pipeline: to await, watch, stop and abort.</summary>
/// <remarks>
/// <para><b>States.</b> Two words decide everything, and both only move forward, but for a pause.
/// The <i>phase</i> goes from running to stopping (producers end, the rest drains) and to aborting (everything ends now). Between running and paused
/// (producers hold still, the rest drains) it goes both ways, under the gate.
/// The <i>cause</i> is why it aborts, set once by whoever is first: a failure, the run's token, or <see cref="Abort"/>.</para>
/// <para><b>Activities</b> counts what executes: the islands, the starter, a pending cancellation of tokens. Whoever takes it to zero
/// is alone, and finishes the run: gives left-over items back, tells the outside, completes <see cref="Completion"/>.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
[DebuggerTypeProxy(typeof(RunDebugView))]
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "The token sources have neither timer nor wait handle nor parent; disposing them under code that still holds the token would only harm it.")]
public sealed partial class PipelineRun : IAsyncDisposable
{
    private readonly Plan _plan;
    private readonly TaskCompletionSource<PipelineReport> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _started;
    private long _ended;
    private RunOutcome _outcome;

    internal PipelineRun(ConsumerBlueprint consumer, PipelineOptions options)
    {
        Options = options;
        _plan = new Plan(this);
        consumer.Build(_plan);
    }

    internal PipelineOptions Options { get; }

    internal Plan Plan => _plan;

    /// <summary>What this run shows the outside of a block: its writer, its reader, its result. Null if the block is not part of the run.</summary>
    internal T? Handle<T>(Blueprint blueprint)
        where T : class => (T?)_plan.Handle(blueprint);

    /// <summary>The run's clock, by its time provider: 1 when it started.</summary>
    internal long Now => Options.TimeProvider.GetTimestamp() - _started + 1;

    internal RunOutcome Outcome => _outcome;

    /// <summary>
    /// Finishes when the run has ended and nothing of it executes any more. Throws what <see cref="Pipeline.RunAsync(CancellationToken)"/> throws:
    /// the original exception of the first failure, or <see cref="OperationCanceledException"/> if the run's own token was cancelled.
    /// </summary>
    public Task<PipelineReport> Completion => _completion.Task;

    /// <summary>Where and on what the run failed first; null as long as it did not.</summary>
    public BlockFailure? Failure => Volatile.Read(ref _failure);

    /// <summary>
    /// Stops the producers, lets everything in flight reach the consumers, flushes partial batches. What has not got through by the deadline
    /// is aborted, counted and handed to <see cref="PipelineOptions.OnUndelivered"/>.
    /// </summary>
    /// <param name="deadline">How long the draining may take, from now, by the run's <see cref="PipelineOptions.TimeProvider"/>;
    /// <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes, zero to abort at once.</param>
    /// <returns>The final report. It throws as <see cref="Completion"/> does.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="deadline"/> is negative.</exception>
    public Task<PipelineReport> StopAsync(TimeSpan deadline)
    {
        if (deadline != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(deadline, TimeSpan.Zero);
        }

        RequestStop();
        return StopByAsync(deadline);
    }

    private async Task<PipelineReport> StopByAsync(TimeSpan deadline)
    {
        using var settled = new CancellationTokenSource();
        Task late = Task.Delay(Require.ForTimer(deadline), Options.TimeProvider, settled.Token);
        if (await Task.WhenAny(_completion.Task, late).ConfigureAwait(false) == late)
        {
            Abort();
        }

        await settled.CancelAsync().ConfigureAwait(false);
        return await _completion.Task.ConfigureAwait(false);
    }

    /// <summary>Stops everything now: what is in flight is not delivered, but counted and handed back. Await <see cref="Completion"/> for the end of it.</summary>
    public void Abort() => TryAbort(Cause.Aborted, null);

    /// <summary>The counts at this moment. While the run goes on they are read one after the other, so they may differ by what moved meanwhile.</summary>
    /// <returns>A report that does not change any more.</returns>
    public PipelineReport Snapshot()
    {
        long now = Volatile.Read(ref _ended) is var ended and not 0 ? ended : Options.TimeProvider.GetTimestamp();
        return Report(now, ReportBlocks(now), ReportLinks());
    }

    private PipelineReport FinalReport() => Report(_ended, new FinalBlocks(this), new FinalLinks(this));

    private PipelineReport Report(long now, IReadOnlyList<BlockReport> blocks, IReadOnlyList<LinkReport> links) => new()
    {
        Name = Options.Name,
        Outcome = _outcome,
        Elapsed = Options.TimeProvider.GetElapsedTime(_started, now),
        Blocks = blocks,
        Links = links,
        Failure = Failure,
        LaterFailures = LaterFailures(),
        HeldUpBy = HeldUpBy(),
    };

    /// <summary>Aborts what still runs and waits until nothing does. It does not throw: <see cref="Completion"/> is where the outcome is.</summary>
    /// <returns>A task that ends when the run has.</returns>
    public async ValueTask DisposeAsync()
    {
        Abort();
        await ((Task)_completion.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    internal string NameOf(BlockRun block)
    {
        // From the first block on: a numbered name may be one that the user has given to another block, which then gets a number in its turn.
        HashSet<string> taken = [];
        BlockRun other = _plan.FirstBlock!;
        while (true)
        {
            string name = other.Blueprint.Name;
            for (int number = 2; !taken.Add(name); number++)
            {
                name = $"{other.Blueprint.Name} #{number}";
            }

            if (other == block)
            {
                return name;
            }

            other = other.Following!;
        }
    }

    private string DebuggerDisplay => $"{Options.Name ?? "Pipeline"} {(_outcome != RunOutcome.Running ? _outcome : IsStopping ? "Stopping" : IsPaused ? "Paused" : _outcome)}";
}
