using Pipelines.Channels;
using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that turns each item into an asynchronous sequence and yields the sequence's items one by one.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept: a sequence is read to its end before the next begins. <b>Backpressure:</b> a boundary: up to
    /// <see cref="BlockOptions.Capacity"/> items wait in front of the block; a sequence is asked for its next item when there is room for it.</para>
    /// <para><b>Completion:</b> with the input, after the last sequence. A sequence is always disposed. <c>In</c> counts items, <c>Out</c> the sequences' items.</para>
    /// <para><b>Failure:</b> an exception of the delegate or of a sequence fails the run, on the item that the sequence belongs to.
    /// The sequences' token is cancelled when the run is aborted, cancelled or has failed. <b>Cost:</b> a link, and what the sequences cost.</para>
    /// </remarks>
    /// <param name="selector">Turns an item into a sequence.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="U">What the sequences yield.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentException">The options ask for a parallelism above 1 or for a time limit an item.</exception>
    public Pipeline<U> SelectManyAsync<U>(
        Func<T, IAsyncEnumerable<U>> selector, BlockOptions? options = null, [CallerArgumentExpression(nameof(selector))] string expression = "")
    {
        Require.NotNull(selector);
        return new(new SelectManyAsync<T, U>(Block, (item, _) => selector(item), Require.OneAtATime(options), expression));
    }

    /// <inheritdoc cref="SelectManyAsync{U}(Func{T, IAsyncEnumerable{U}}, BlockOptions?, string)"/>
    public Pipeline<U> SelectManyAsync<U>(
        Func<T, CancellationToken, IAsyncEnumerable<U>> selector, BlockOptions? options = null, [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        new(new SelectManyAsync<T, U>(Block, Require.NotNull(selector), Require.OneAtATime(options), expression));
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
        var island = new FlatteningIsland(block, link, selector, next);
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
