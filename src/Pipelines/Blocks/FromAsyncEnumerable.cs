using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A producer block that yields what an asynchronous sequence yields.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the sequence's. <b>Backpressure:</b> the next item is asked for only when there is room for it.</para>
    /// <para><b>Completion:</b> with the sequence; its enumerator is disposed however the run ends. Its token is cancelled when the run stops or nobody takes any more,
    /// and an <see cref="OperationCanceledException"/> is then the end of the stream.</para>
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

    private sealed class SequenceIsland(BlockRun head, IAsyncEnumerable<T> source, Stage<T> chain) : Island(head)
    {
        private readonly WantedToken _token = new(head.Run, head.Run.StopToken);

        protected override async Task LoopAsync()
        {
            if (await ReadyAsync(chain) && !Run.IsStopping)
            {
                try
                {
                    await PushAllAsync(source, chain, _token.Token, isSource: true);
                }
                catch (OperationCanceledException) when ((Run.IsStopping || IsUnwanted) && FailedInChain is null)
                {
                    // The sequence obeyed its token: this is where it ends.
                }
            }

            _token.Over();
            await CompleteAsync(chain);
        }

        protected override void Unwanted() => _token.Unwanted();

        public override void Abandon() => chain.Abandon();
    }
}
