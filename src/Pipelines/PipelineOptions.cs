namespace Pipelines;

/// <summary>Settings of a whole run.</summary>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed record PipelineOptions
{
    internal static readonly PipelineOptions Default = new();

    /// <summary>The pipeline's name in its report.</summary>
    /// <value>Default none.</value>
    public string? Name { get; init; }

    /// <summary>How many items may wait on each link that does not say otherwise.</summary>
    /// <value>Items; default 256. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Capacity { get; init => field = Require.Capacity(value, nameof(Capacity)); } = 256;

    /// <summary>What a block of the run does when its delegate throws on an item, if its own <see cref="BlockOptions.OnError"/> does not say.</summary>
    /// <value>Default <see cref="ErrorPolicy.Stop"/>: the exception ends the run.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ErrorPolicy OnError { get; init => field = Require.NotNull(value, nameof(OnError)); } = ErrorPolicy.Stop;

    /// <summary>Where everything of the run executes: every delegate, every continuation.</summary>
    /// <value>Default: the thread pool.</value>
    public TaskScheduler? Scheduler { get; init; }

    /// <summary>Where every time comes from: deadlines, batch ages, the times in reports.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public TimeProvider TimeProvider { get; init => field = Require.NotNull(value, nameof(TimeProvider)); } = TimeProvider.System;

    /// <summary>
    /// Receives every item that went in and will not come out, with the block that had it and the reason: what was in flight when the run ended by a failure,
    /// its token, an abort, or because a consumer had enough; what a buffer has dropped; what was meant for a branch that has ended; a result that came behind
    /// its time limit. It disposes nothing, and nobody else does: see <see cref="DisposeUndelivered"/>.
    /// </summary>
    /// <remarks>
    /// What is left over when the run ends comes one item at a time, after everything else of the run has stopped. The others come at once, on the thread of
    /// their block and so from several blocks at the same time. If it throws, the run fails with that, and the other items come all the same.
    /// </remarks>
    /// <value>Default none: the items are counted, and let go.</value>
    public Action<UndeliveredItem>? OnUndelivered { get; init; }

    /// <summary>
    /// Whether items that go no further are disposed: <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>, inside the arrays and tuples that blocks
    /// make too, behind <see cref="OnUndelivered"/>, as they drop and, for what is left over, when the run ends. Never an item that may be in other hands too
    /// (<see cref="UndeliveredItem.IsShared"/>).
    /// </summary>
    /// <value>False by default: who made an item owns it.</value>
    public bool DisposeUndelivered { get; init; }

    /// <summary>
    /// The trace that an item came with, such as that of a message's sender. If it is given, the asynchronous delegates of one item execute each inside of a
    /// span that begins a trace and is linked to this one and to the run's. See <see cref="PipelineDiagnostics"/>.
    /// </summary>
    /// <value>Gets an item, as each asynchronous block gets it, and returns its context, or the default if it has none; called only while somebody listens, by
    /// several blocks and workers at once. What it throws, its item has failed with. Default none.</value>
    public Func<object?, ActivityContext>? ItemContext { get; init; }

    /// <summary>What becomes of what is in flight when a block fails.</summary>
    /// <value><see cref="FailureMode.Abort"/> by default.</value>
    public FailureMode WhenFailed { get; init => field = Require.NotNull(value, nameof(WhenFailed)); } = FailureMode.Abort;

    /// <summary>
    /// Is shown every item that a block with <see cref="ErrorPolicy.Skip"/> has left out: the place to log them. Called on the block's own loop, so by
    /// several blocks at once. If it throws, the run fails with that.
    /// </summary>
    /// <value>Default none: skipped items are counted, as <see cref="BlockReport.Failed"/>.</value>
    public Action<DeadLetter>? OnSkipped { get; init; }

    /// <summary>
    /// Is shown every dead letter once its sink has accepted it, whichever <see cref="ErrorPolicy.DeadLetter(Action{DeadLetter})"/> it went to: the place to
    /// log them. Called on the block's own loop, so by several blocks at once. If it throws, the run fails with that.
    /// </summary>
    /// <value>Default none.</value>
    public Action<DeadLetter>? OnDeadLetter { get; init; }

    private string DebuggerDisplay => DebugText.Of(this);
}
