using Pipelines.Channels;
using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block written as an asynchronous iterator over the items.</summary>
    /// <remarks>
    /// <para><b>Order:</b> as yielded. <b>Backpressure:</b> a boundary: items wait in a bounded link until the iterator asks for them; the iterator
    /// is asked for its next item when there is room for it.</para>
    /// <para><b>Completion:</b> the input sequence ends with the input; the output ends when the iterator does. If that is before the input ends,
    /// upstream is stopped and what was not read is counted as undelivered. <c>In</c> and <c>Out</c> are counted apart.</para>
    /// <para><b>Failure:</b> an exception of the iterator fails the run. When the run is aborted, the token is cancelled and the input sequence throws
    /// <see cref="OperationCanceledException"/>. <b>Cost:</b> a link, a lock for each item read, and what the iterator costs.</para>
    /// </remarks>
    /// <param name="transform">Makes the output sequence out of the input sequence.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TResult">What it yields.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="transform"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<TResult> Transform<TResult>(
        Func<IAsyncEnumerable<T>, CancellationToken, IAsyncEnumerable<TResult>> transform,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(transform))] string expression = "") =>
        new(new TransformSequence<T, TResult>(Block, Require.NotNull(transform), options.Checked(Means.Capacity), expression));
}

internal sealed class TransformSequence<T, U>(
    Blueprint<T> upstream, Func<IAsyncEnumerable<T>, CancellationToken, IAsyncEnumerable<U>> transform, BlockOptions? options, string name)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<U> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        Ring<T> input = plan.Link<T>(block);
        var island = new IteratorIsland(block, input, Delegates.OfBlock(transform, block), next);
        next.Attach(island);
        plan.Add(island);
        upstream.Build(plan, new LinkWriter<T>(block, input));
    }

    private sealed class IteratorIsland(
        BlockRun head,
        Ring<T> input,
        Func<IAsyncEnumerable<T>, CancellationToken, IAsyncEnumerable<U>> transform,
        Stage<U> chain) : Island(head)
    {
        private readonly WantedToken _token = new(head.Run, head.Run.AbortToken);
        private readonly OpenReader<T> _reader = new(input, head.Run);

        protected override async Task LoopAsync()
        {
            try
            {
                try
                {
                    if (await ReadyAsync(chain))
                    {
                        await PushAllAsync(transform(_reader.Reader.ReadAllAsync(_token.Token), _token.Token), chain, _token.Token);
                    }
                }
                catch (OperationCanceledException) when (IsUnwanted && !Run.IsAborting && FailedInChain is null)
                {
                    // It was waiting when nobody took any more, and obeyed its token.
                }

                _token.Over();
                await CompleteAsync(chain);
            }
            finally
            {
                input.LeaveReader();
            }
        }

        protected override bool IsIdle => _reader.IsWaiting || base.IsIdle;

        protected override (long Starved, long Blocked) WaitedAt(long now)
        {
            (long starved, long blocked) = base.WaitedAt(now);
            return (starved + _reader.WaitedAt(now), blocked);
        }

        protected override void Unwanted() => _token.Unwanted();

        public override void Wake()
        {
            _reader.Break(_token.Token);
            base.Wake();
        }

        public override void Abandon()
        {
            Head.AbandonLink(input);
            chain.Abandon();
        }
    }
}
