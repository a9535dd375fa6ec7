using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A producer block that yields what a channel delivers. The channel stays its owner's: a run never completes it.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the channel's. <b>Backpressure:</b> an item is taken only when there is room for it; what a stopped run has not
    /// taken stays in the channel. A channel is a one-shot source: the blueprint runs once.</para>
    /// <para><b>Completion:</b> when the channel is completed and empty. <b>Failure:</b> the error that the channel was completed with fails the run.</para>
    /// <para><b>Cost:</b> one <c>TryRead</c> an item; fused with the blocks behind it. Waits are never cancelled reads, which lose items in the in-box
    /// channels.</para>
    /// </remarks>
    /// <param name="source">The channel's reader.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What the channel delivers.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this producer.</exception>
    public static Pipeline<T> From<T>(
        ChannelReader<T> source, ProducerOptions? options = null, [CallerArgumentExpression(nameof(source))] string expression = "") =>
        new(new FromChannelReader<T>(Require.NotNull(source), options.Checked(Means.Name, block: "From(ChannelReader)"), expression));
}

internal sealed class FromChannelReader<T>(ChannelReader<T> source, BlockOptions? options, string name) : Blueprint<T>(BlockKind.Producer, name, options)
{
    private readonly OneShot _claim = new(
        $"The pipeline reads the channel '{name}', which an earlier run has read: a channel can be read once. Build the pipeline anew over another channel.");

    public override void Build(Plan plan, Stage<T> next)
    {
        plan.AddClaim(_claim);
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        var island = new ReaderIsland(block, source, next);
        next.Attach(island);
        plan.Add(island);
    }

    private sealed class ReaderIsland(BlockRun head, ChannelReader<T> source, Stage<T> chain) : ChainIsland<T>(head, chain)
    {
        private readonly WantedToken _token = new(head.Run, head.Run.StopToken);
        private Pending<bool> _wait;
        private Exception? _error;
        private bool _hasEnded;

        protected override bool IsPending => _wait.IsStillPending(Continuation, isDirect: false);

        protected override Wait Settle()
        {
            if (_wait.IsBegun)
            {
                if (!_wait.IsCompleted)
                {
                    return Wait.Outside;
                }

                try
                {
                    _hasEnded = !_wait.End();
                }
                catch (Exception error)
                {
                    (_hasEnded, _error) = (true, error);
                }
            }

            return Wait.None;
        }

        protected override Wait Feed()
        {
            bool isFirst = Chain is LinkWriter<T>;
            for (int left = TurnLength; left > 0; left--)
            {
                if (!Run.IsFeeding)
                {
                    return Run.IsStopping ? Wait.None : Wait.Resume;
                }

                if (_hasEnded)
                {
                    return Wait.None;
                }

                if (source.TryRead(out T? item))
                {
                    Head.Counted++;
                    if (isFirst)
                    {
                        DirectRun.Open();
                        isFirst = false;
                    }
                    else
                    {
                        DirectRun.Close();
                    }

                    if (!Chain.Push(item))
                    {
                        return Wait.Room;
                    }

                    continue;
                }

                _wait.Begin(source.WaitToReadAsync(_token.Token));
                if (Settle() is var wait && wait != Wait.None)
                {
                    return wait;
                }
            }

            return Wait.Turn;
        }

        protected override Wait Ending()
        {
            if (!_token.IsOver)
            {
                _token.Over();
                Head.SourceEnded(_error, IsUnwanted);
            }

            return Wait.None;
        }

        protected override Wait Leave() => Ending();

        protected override void Unwanted()
        {
            _token.Unwanted();
            base.Unwanted();
        }

        public override void Abandon() => Chain.Abandon();
    }
}
