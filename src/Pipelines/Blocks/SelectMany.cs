using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that turns each item into a sequence and yields the sequence's items one by one.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> a sequence is enumerated only as far as there is room for its items, and continued later.</para>
    /// <para><b>Completion:</b> with the input, after the last sequence. A sequence is always disposed. <c>In</c> counts items, <c>Out</c> the sequences' items.</para>
    /// <para>An item in whose middle the run is aborted counts as undelivered.</para>
    /// <para><b>Failure:</b> an exception of the delegate or of a sequence fails the run, on the item that the sequence belongs to.
    /// <b>Cost:</b> fused; what the sequence itself costs. Arrays and strings are not special: they are enumerated.</para>
    /// </remarks>
    /// <param name="selector">Turns an item into a sequence.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="U">What the sequences yield.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public Pipeline<U> SelectMany<U>(
        Func<T, IEnumerable<U>> selector, [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        new(new SelectMany<T, U>(Block, Require.NotNull(selector), expression));
}

internal sealed class SelectMany<T, U>(Blueprint<T> upstream, Func<T, IEnumerable<U>> selector, string name)
    : Blueprint<U>(BlockKind.Transform, name)
{
    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<U> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        block.Holds = 1; // the item whose sequence is in progress, besides the item of the sequence that is at work
        upstream.Build(plan, new Stage(block, selector, next));
    }

    private sealed class Stage(BlockRun block, Func<T, IEnumerable<U>> selector, Stage<U> next) : Stage<T, U>(block, next)
    {
        // The sequence in progress, and the item it belongs to. Null between items.
        private IEnumerator<U>? _sequence;
        private T _item = default!;

        public override bool Push(T item)
        {
            try
            {
                _sequence = selector(item).GetEnumerator();
            }
            catch (Exception error)
            {
                Block.Caught(item, error);
                return false;
            }

            _item = item;
            return PushSequence();
        }

        public override bool Resume() => Next.Resume() && (_sequence is null || PushSequence());

        // A sequence in progress is finished first, unless nobody takes its items any more.
        public override bool Complete()
        {
            while (_sequence is not null)
            {
                // One look a turn: between two looks room may appear.
                switch (Next.Check())
                {
                    case Readiness.Full:
                        return false;
                    case Readiness.Finished:
                        CloseSequence();
                        break;
                    case Readiness.Ready when !Resume() && Block.Run.IsAborting:
                        return false;
                }
            }

            return Next.Complete();
        }

        public override void Abandon()
        {
            if (_sequence is not null)
            {
                // The run was aborted in the middle of the item: a part of it has gone out, and it as a whole has not.
                T item = _item;
                CloseSequence();
                Block.Undeliver(item);
            }

            Next.Abandon();
        }

        private bool PushSequence()
        {
            IEnumerator<U> sequence = _sequence!;
            while (!Block.Run.IsAborting)
            {
                U result;
                try
                {
                    if (!sequence.MoveNext())
                    {
                        return CloseSequence();
                    }

                    result = sequence.Current;
                }
                catch (Exception error)
                {
                    T item = _item;
                    Block.Caught(item, error);
                    CloseSequence(); // may fail too, and comes second
                    return false;
                }

                Block.Counted++;
                if (!Next.Push(result))
                {
                    return false;
                }
            }

            return false;
        }

        private bool CloseSequence()
        {
            IEnumerator<U>? sequence = _sequence;
            T item = _item;
            _sequence = null;
            _item = default!;
            try
            {
                sequence?.Dispose();
                return true;
            }
            catch (Exception error)
            {
                Block.Caught(item, error);
                return false;
            }
        }
    }
}
