using System.Runtime.CompilerServices;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that turns each item into an asynchronous sequence and yields the sequence's items one by one.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept: the items of a sequence come out before those of the next. With a <see cref="BlockOptions.Parallelism"/> above 1 that many
    /// sequences are read at once:
    /// what the one whose turn it is yields goes straight on, and the others' items wait; with <see cref="BlockOptions.Ordered"/> false items come out as they
    /// come.
    /// <b>Backpressure:</b> a boundary: up to <see cref="BlockOptions.Capacity"/> items wait in front of the block; a sequence is asked for its next item when
    /// there is room for it. Of several at once,
    /// each may be ahead of its turn by its share of the capacity (at least one item), and behind a long one shorter ones come to their ends, as long as there
    /// is capacity for what they yield.</para>
    /// <para><b>Completion:</b> with the input, after the last sequence. A sequence is always disposed. <c>In</c> counts items, <c>Out</c> the sequences'
    /// items.</para>
    /// <para><b>Failure:</b> an exception of the delegate or of a sequence, on the item that the sequence belongs to, ends the run or, by <see
    /// cref="BlockOptions.OnError"/>, leaves out the rest of that item.
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
        Func<T, CancellationToken, IAsyncEnumerable<TResult>> selector, BlockOptions? options = null,
        [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        options.Checked(Means.Sequences) is { HasWorkers: true } several
            ? new(new FlattenSeveral<T, TResult>(Block, Require.NotNull(selector), several, expression))
            : new(new SelectManyAsync<T, TResult>(Block, Require.NotNull(selector), options, expression));
}

internal sealed class SelectManyAsync<T, U>(
    Blueprint<T> upstream, Func<T, CancellationToken, IAsyncEnumerable<U>> selector, BlockOptions? options, string name)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool CountsApart => true;

    public override bool IsStateless => true;

    public override void Build(Plan plan, Stage<U> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        if (plan.Section is { } section)
        {
            upstream.Build(plan, new SequenceStage<T, U>(block, section.Worker, Delegates.Sequences(selector, block), next));
            return;
        }

        Ring<T> link = plan.Link<T>(block);
        var island = new FlatteningIsland(block, link, Delegates.Sequences(selector, block), next);
        link.Reader = island;
        next.Attach(island);
        plan.Add(island);
        upstream.Build(plan, new LinkWriter<T>(block, link));
    }

    private sealed class FlatteningIsland(
        BlockRun head, Ring<T> link, Func<T, CancellationToken, IAsyncEnumerable<U>> selector, Stage<U> chain)
        : ChainIsland<U>(head, chain)
    {
        private readonly WantedToken _token = new(head.Run, head.Run.AbortToken);
        private SequencePump<U> _sequence;
        private Pending<bool> _letter;
        private T _item = default!;
        private bool _hasItem;

        // A sequence is at work until it has its next item.
        protected override bool IsRest(Wait wait) => wait != Wait.Outside && base.IsRest(wait);

        protected override bool IsStarvedBy(Wait wait) => wait == Wait.Input;

        protected override bool IsStarved => !link.HasItems && !link.IsClosed;

        protected override bool IsPending =>
            _letter.IsBegun ? _letter.IsStillPending(Continuation, Run.Edge.IsThreadPool) : _sequence.IsStillPending(Continuation, Run.Edge.IsThreadPool);

        protected override Wait Settle()
        {
            if (_letter.IsBegun)
            {
                if (!_letter.IsCompleted)
                {
                    return Wait.Code;
                }

                _letter.End();
            }

            return _sequence.IsInCode ? Wait.Outside : Wait.None;
        }

        protected override Wait Feed()
        {
            for (int left = TurnLength; left > 0; left--)
            {
                if (!_hasItem && Begin() is var begun && begun != Wait.Turn)
                {
                    return begun;
                }

                Wait wait = _sequence.Push(this, Chain, isSource: false, TurnLength);
                if (wait == Wait.None)
                {
                    wait = EndItem();
                }

                if (wait != Wait.None)
                {
                    return wait;
                }

                if (Run.IsAborting || FailedBlock is not null)
                {
                    return Wait.Room;
                }
            }

            return Wait.Turn;
        }

        // Turn: there is a sequence.
        private Wait Begin()
        {
            if (!link.TryRead(out T? item))
            {
                return link.IsDrained ? Wait.None : Wait.Input;
            }

            (_item, _hasItem) = (item, true);
            try
            {
                _sequence.Open(selector(item, _token.Token), _token.Token);
            }
            catch (Exception error)
            {
                _sequence.NotOpened(error);
            }

            return Wait.Turn;
        }

        // Its sequence has ended, failed, or is to be left: None when it has been closed and what became of it is settled.
        private Wait EndItem()
        {
            Wait wait = _sequence.Close(Head);
            if (wait != Wait.None || !_hasItem)
            {
                return wait;
            }

            T item = _item;
            (_item, _hasItem) = (default!, false);
            if (_sequence.LaterError is { } later)
            {
                Head.Note(later);
            }

            switch (_sequence.Error)
            {
                case null when HasFailedOrAborts && !_sequence.HasEnded:
                case OperationCanceledException when IsUnwanted && HasFailedOrAborts && !Run.IsAborting:
                    Head.Undeliver(item); // in its middle: as a whole it has not got through
                    break;
                case null:
                case OperationCanceledException when IsUnwanted && !Run.IsAborting:
                    break; // it was waiting when nobody took any more, and obeyed its token
                case { } error:
                    _letter.Begin(Head.CaughtAsync(item, error));
                    return Settle();
            }

            return Wait.None;
        }

        // Whether its items are cut short for another reason than that those behind have had enough.
        private bool HasFailedOrAborts => Run.IsAborting || Run.Failure is not null;

        protected override Wait Ending() => EndItem();

        protected override Wait Leave()
        {
            Wait wait = EndItem();
            if (wait == Wait.None)
            {
                _token.Over();
                link.LeaveReader();
            }

            return wait;
        }

        protected override void Unwanted()
        {
            _token.Unwanted();
            base.Unwanted();
        }

        public override void FailedBehind() => _token.Unwanted();

        public override void Abandon()
        {
            Head.AbandonLink(link);
            Chain.Abandon();
        }
    }
}
