using System.Runtime.CompilerServices;
using Pipelines.Channels;
using Pipelines.Execution;

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
        block.HoldsUnknown = true; // code keeps what it likes
        var island = new IteratorIsland(block, input, Delegates.OfBlock(transform, block), next);
        next.Attach(island);
        plan.Add(island);
        upstream.Build(plan, new LinkWriter<T>(block, input));
    }

    private sealed class IteratorIsland : ChainIsland<U>
    {
        private readonly Ring<T> _input;
        private readonly Func<IAsyncEnumerable<T>, CancellationToken, IAsyncEnumerable<U>> _transform;
        private readonly WantedToken _token;
        private readonly CodeSides _sides;
        private readonly OpenReader<T> _reader;
        private SequencePump<U> _sequence;

        public IteratorIsland(
            BlockRun head, Ring<T> input, Func<IAsyncEnumerable<T>, CancellationToken, IAsyncEnumerable<U>> transform, Stage<U> chain)
            : base(head, chain)
        {
            _input = input;
            _transform = transform;
            _token = new WantedToken(head.Run, head.Run.AbortToken);
            _sides = new CodeSides(head.Run);
            _reader = new OpenReader<T>(input, _sides);
        }

        // The iterator is at work, unless it waits for its input; its wait for that is booked there.
        protected override bool IsRest(Wait wait) => wait != Wait.Outside && base.IsRest(wait);

        protected override bool IsStarvedBy(Wait wait) => false;

        protected override bool IsPending => _sequence.IsStillPending(Continuation, Run.Edge.IsThreadPool);

        protected override Wait Settle() => _sequence.IsInCode ? Wait.Outside : Wait.None;

        protected override Wait Feed()
        {
            if (!_sequence.IsOpen)
            {
                IAsyncEnumerable<U> sequence = _transform(_reader.Reader.ReadAllAsync(_token.Token), _token.Token)
                    ?? throw new InvalidOperationException($"The delegate of the block '{Run.NameOf(Head)}' returned null instead of a sequence.");
                _sequence.Open(sequence, _token.Token);
            }

            return _sequence.Push(this, Chain, isSource: false, TurnLength);
        }

        protected override Wait Ending() => Close();

        protected override Wait Leave() => Close();

        private Wait Close()
        {
            Wait wait = _sequence.Close(Head);
            if (wait == Wait.None && !_token.IsOver)
            {
                _token.Over();
                switch (_sequence.Error)
                {
                    case null:
                    case OperationCanceledException when IsUnwanted && !Run.IsAborting:
                        break; // it was waiting when nobody took any more, and obeyed its token
                    case { } error:
                        Head.Caught(error);
                        break;
                }

                if (_sequence.LaterError is { } later)
                {
                    Head.Note(later);
                }

                _input.LeaveReader();
            }

            return wait;
        }

        public override IslandTimes TimesAt(long now) => Times(now).Waited(_reader.WaitedAt(now), 0);

        protected override void Unwanted()
        {
            _token.Unwanted();
            base.Unwanted();
        }

        public override void FailedBehind() => _token.Unwanted();

        public override void WakeUp()
        {
            _reader.Break(_token.Token);
            base.WakeUp();
        }

        public override void Abandon()
        {
            Head.AbandonLink(_input);
            Chain.Abandon();
        }
    }
}
