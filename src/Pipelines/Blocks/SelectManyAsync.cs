using Pipelines.Channels;
using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that turns each item into an asynchronous sequence and yields the sequence's items one by one.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept: the items of a sequence come out before those of the next. With a <see cref="BlockOptions.Parallelism"/> above 1 the next
    /// sequences are read ahead, each into a buffer of its own share of the <see cref="BlockOptions.Capacity"/>; with <see cref="BlockOptions.Ordered"/> false their items come out as they come.
    /// <b>Backpressure:</b> a boundary: up to <see cref="BlockOptions.Capacity"/> items wait in front of the block; a sequence is asked for its next item when there is room for it.</para>
    /// <para><b>Completion:</b> with the input, after the last sequence. A sequence is always disposed. <c>In</c> counts items, <c>Out</c> the sequences' items.</para>
    /// <para><b>Failure:</b> an exception of the delegate or of a sequence, on the item that the sequence belongs to, ends the run or, by <see cref="BlockOptions.OnError"/>, leaves out the rest of that item.
    /// The sequences' token is cancelled when the run is aborted, cancelled or has failed. <b>Cost:</b> a link, and what the sequences cost.</para>
    /// </remarks>
    /// <param name="selector">Turns an item into a sequence.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TResult">What the sequences yield.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block: a time limit is one item's, and a sequence has many.</exception>
    public Pipeline<TResult> SelectManyAsync<TResult>(
        Func<T, IAsyncEnumerable<TResult>> selector, BlockOptions? options = null, [CallerArgumentExpression(nameof(selector))] string expression = "")
    {
        Require.NotNull(selector);
        return SelectManyAsync((item, _) => selector(item), options, expression);
    }

    /// <inheritdoc cref="SelectManyAsync{TResult}(Func{T, IAsyncEnumerable{TResult}}, BlockOptions?, string)"/>
    public Pipeline<TResult> SelectManyAsync<TResult>(
        Func<T, CancellationToken, IAsyncEnumerable<TResult>> selector, BlockOptions? options = null, [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        options.Checked(Means.Pool) is { Parallelism: > 1 } several
            ? new(FlattenSeveral<T, TResult>.Block(Block, Require.NotNull(selector), several, expression))
            : new(new SelectManyAsync<T, TResult>(Block, Require.NotNull(selector), options, expression));
}

internal sealed class SelectManyAsync<T, U>(
    Blueprint<T> upstream, Func<T, CancellationToken, IAsyncEnumerable<U>> selector, BlockOptions? options, string name)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<U> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        Ring<T> link = plan.Link<T>(block);
        var island = new FlatteningIsland(block, link, Delegates.Sequences(selector, block), next);
        link.Reader = island.Signal;
        next.Attach(island);
        plan.Add(island);
        upstream.Build(plan, new LinkWriter<T>(block, link));
    }

    private sealed class FlatteningIsland(
        BlockRun head, Ring<T> link, Func<T, CancellationToken, IAsyncEnumerable<U>> selector, Stage<U> chain)
        : Island(head)
    {
        private readonly WantedToken _token = new(head.Run, head.Run.AbortToken);

        protected override async Task LoopAsync()
        {
            try
            {
                bool ready = await ReadyAsync(chain);
                while (ready && (link.HasItems || await InputAsync(link)))
                {
                    link.TryRead(out T? item);
                    try
                    {
                        ready = await PushAllAsync(selector(item!, _token.Token), chain, _token.Token);
                        if (!ready && Run.IsAborting)
                        {
                            Head.Undeliver(item); // aborted in its middle: as a whole it has not got through
                        }
                    }
                    catch (OperationCanceledException) when (IsUnwanted && !Run.IsAborting && FailedInChain is null)
                    {
                        break; // the sequence was waiting when nobody took any more, and obeyed its token
                    }
                    catch (Exception error) when (FailedInChain is null)
                    {
                        ready = await Head.CaughtAsync(item, error) && await ReadyAsync(chain);
                    }
                }

                _token.Over();
                await CompleteAsync(chain);
            }
            finally
            {
                link.LeaveReader();
            }
        }

        protected override void Unwanted()
        {
            _token.Unwanted();
            base.Unwanted();
        }

        public override void Abandon()
        {
            Head.AbandonLink(link);
            chain.Abandon();
        }
    }
}
