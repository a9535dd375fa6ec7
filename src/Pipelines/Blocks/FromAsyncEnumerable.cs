using System.Runtime.CompilerServices;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A producer block that yields what an asynchronous sequence yields.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the sequence's. <b>Backpressure:</b> the next item is asked for only when there is room for it.</para>
    /// <para><b>Completion:</b> with the sequence; its enumerator is disposed however the run ends. Its token is cancelled when the run stops or nobody takes
    /// any more, and an <see cref="OperationCanceledException"/> is then the end of the stream.</para>
    /// <para><b>Failure:</b> an exception of the sequence fails the run. <b>Cost:</b> fused with the blocks behind it.</para>
    /// </remarks>
    /// <param name="source">Enumerated anew by each run, on the run's scheduler.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What the sequence yields.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this producer.</exception>
    public static Pipeline<T> From<T>(
        IAsyncEnumerable<T> source, ProducerOptions? options = null, [CallerArgumentExpression(nameof(source))] string expression = "") =>
        new(new FromAsyncEnumerable<T>(Require.NotNull(source), options.Checked(Means.Name, block: "From(IAsyncEnumerable)"), expression));
}

internal sealed class FromAsyncEnumerable<T>(IAsyncEnumerable<T> source, BlockOptions? options, string name) : Blueprint<T>(BlockKind.Producer, name, options)
{
    public override void Build(Plan plan, Stage<T> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        var island = new SequenceIsland(block, source, next);
        next.Attach(island);
        plan.Add(island);
    }

    private sealed class SequenceIsland(BlockRun head, IAsyncEnumerable<T> source, Stage<T> chain) : ChainIsland<T>(head, chain)
    {
        private readonly WantedToken _token = new(head.Run, head.Run.StopToken);
        private SequencePump<T> _sequence;

        // What it does until it has its next item is its own work.
        protected override bool IsStarvedBy(Wait wait) => wait == Wait.Resume;

        protected override bool IsPending => _sequence.IsStillPending(Continuation, Run.Edge.IsThreadPool);

        protected override Wait Settle() => _sequence.IsInCode ? Wait.Outside : Wait.None;

        protected override Wait Feed()
        {
            if (!_sequence.IsOpen)
            {
                if (!Run.IsFeeding)
                {
                    return Run.IsStopping ? Wait.None : Wait.Resume;
                }

                _sequence.Open(source, _token.Token);
            }

            return _sequence.Push(this, Chain, isSource: true, TurnLength);
        }

        protected override Wait Ending() => Close();

        protected override Wait Leave() => Close();

        private Wait Close()
        {
            Wait wait = _sequence.Close(Head);
            if (wait == Wait.None && !_token.IsOver)
            {
                _token.Over();
                Head.SourceEnded(_sequence.Error, IsUnwanted);
                if (_sequence.LaterError is { } later)
                {
                    Head.Note(later);
                }
            }

            return wait;
        }

        protected override void Unwanted()
        {
            _token.Unwanted();
            base.Unwanted();
        }

        public override void Abandon() => Chain.Abandon();
    }
}
