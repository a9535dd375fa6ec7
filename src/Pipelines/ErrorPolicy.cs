using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>What a block does when its delegate throws on an item: end the run, or leave the item out and go on.</summary>
/// <remarks>
/// <para>Under every policy the item counts as <see cref="BlockReport.Failed"/>. An exception that is not about an item (of a producer, of
/// the creation of a worker's resource) fails the run whatever the policy says, and so does one of a block further down.</para>
/// <para><b>Order:</b> the others keep theirs. In an ordered parallel block items are left out in input order too, when all before them have gone out.</para>
/// </remarks>
public abstract record ErrorPolicy
{
    private protected ErrorPolicy()
    {
    }

    /// <summary>The exception ends the run, and comes out of it. The default.</summary>
    public static ErrorPolicy Stop { get; } = new StopPolicy();

    /// <summary>The item is left out: counted as failed, and shown to <see cref="PipelineOptions.OnSkipped"/>.</summary>
    public static ErrorPolicy Skip { get; } = new SkipPolicy();

    /// <summary>The item is left out and goes to a channel.</summary>
    /// <remarks>
    /// <para><b>Backpressure:</b> the block waits while the channel is full. <b>Completion:</b> the channel stays its owner's: no run completes it, so several
    /// blocks and several runs may share it. <b>Failure:</b> a closed channel fails the run with <see cref="ChannelClosedException"/>, whose inner exception is
    /// the item's. An item whose letter had no room when the run was aborted counts as undelivered.</para>
    /// <para><b>Cost:</b> none but for the letters. The loop that a fused block is part of waits with it.</para>
    /// </remarks>
    /// <param name="sink">Where dead letters go.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sink"/> is null.</exception>
    public static ErrorPolicy DeadLetter(ChannelWriter<DeadLetter> sink) => new DeadLetterChannel(Require.NotNull(sink));

    /// <summary>The item is left out and goes to a delegate.</summary>
    /// <remarks>
    /// The delegate is called for one item of a block at a time, on the block's own loop, and holds the block up while it runs.
    /// <b>Failure:</b> what it throws fails the run; the item's own exception is then among the <see cref="PipelineReport.LaterFailures"/>.
    /// </remarks>
    /// <param name="sink">Receives dead letters. It must not block.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sink"/> is null.</exception>
    public static ErrorPolicy DeadLetter(Action<DeadLetter> sink) => new DeadLetterAction(Require.NotNull(sink));

    /// <summary>Whether a failed item ends the run.</summary>
    internal virtual bool Stops => false;

    /// <summary>Whether the sink may have to be waited for.</summary>
    internal virtual bool MayWait => false;

    /// <summary>Lets the outside know about an item that is left out. What it throws fails the run.</summary>
    internal abstract ValueTask LeaveOutAsync(DeadLetter letter, PipelineRun run);

    private sealed record StopPolicy : ErrorPolicy
    {
        internal override bool Stops => true;

        internal override ValueTask LeaveOutAsync(DeadLetter letter, PipelineRun run) => throw new UnreachableException();

        public override string ToString() => nameof(Stop);
    }

    private sealed record SkipPolicy : ErrorPolicy
    {
        internal override ValueTask LeaveOutAsync(DeadLetter letter, PipelineRun run)
        {
            run.Options.OnSkipped?.Invoke(letter);
            return default;
        }

        public override string ToString() => nameof(Skip);
    }

    [SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
        Justification = "It is asked for no wait handle, and has nothing to dispose without.")]
    private sealed record DeadLetterAction(Action<DeadLetter> Sink) : ErrorPolicy
    {
        // Letters come one at a time, from however many blocks and runs have this policy: a list's Add is the sink that people write. Nobody blocks: who is not
        // first waits asynchronously.
        private readonly SemaphoreSlim _turn = new(1, 1);

        internal override bool MayWait => true;

        internal override ValueTask LeaveOutAsync(DeadLetter letter, PipelineRun run)
        {
            Task turn = _turn.WaitAsync(run.AbortToken);
            if (!turn.IsCompletedSuccessfully)
            {
                return InTurnAsync(turn, letter, run);
            }

            Tell(letter);
            run.Options.OnDeadLetter?.Invoke(letter);
            return default;
        }

        private async ValueTask InTurnAsync(Task turn, DeadLetter letter, PipelineRun run)
        {
            await turn.Queued(run.Edge);
            Tell(letter);
            run.Options.OnDeadLetter?.Invoke(letter);
        }

        private void Tell(DeadLetter letter)
        {
            try
            {
                Sink(letter);
            }
            finally
            {
                _turn.Release();
            }
        }

        public override string ToString() => nameof(DeadLetter);
    }

    private sealed record DeadLetterChannel(ChannelWriter<DeadLetter> Sink) : ErrorPolicy
    {
        internal override bool MayWait => true;

        // A foreign channel: its WriteAsync may deliver what it reports as cancelled.
        internal override async ValueTask LeaveOutAsync(DeadLetter letter, PipelineRun run)
        {
            while (!Sink.TryWrite(letter))
            {
                if (!await Sink.WaitToWriteAsync(run.AbortToken).Queued(run.Edge))
                {
                    throw new ChannelClosedException(
                        $"The channel for the dead letters of '{letter.Block}' is closed. Complete it only after the run has ended.", letter.Exception);
                }
            }

            run.Options.OnDeadLetter?.Invoke(letter);
        }

        public override string ToString() => nameof(DeadLetter);
    }
}
