using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that turns each item into a sequence and yields the sequence's items one by one.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept: the items of a sequence come out before those of the next, unless <see cref="BlockOptions.Ordered"/> is false.
    /// <b>Backpressure:</b> a sequence is enumerated only
    /// as far as there is room for its items, and continued later. With a <see cref="BlockOptions.Parallelism"/> above 1 a boundary: that many sequences are
    /// enumerated at once. What the one whose
    /// turn it is yields goes straight on; the others' items wait, each sequence's up to its share of the <see cref="BlockOptions.Capacity"/> (at least one).
    /// Behind a long sequence shorter
    /// ones come to their ends, as long as there is capacity for what they yield.</para>
    /// <para><b>Completion:</b> with the input, after the last sequence. A sequence is always disposed. <c>In</c> counts items, <c>Out</c> the sequences'
    /// items.</para>
    /// <para>An item in whose middle the run is aborted counts as undelivered.</para>
    /// <para><b>Failure:</b> an exception of the delegate or of a sequence, on the item that the sequence belongs to, ends the run or, by <see
    /// cref="BlockOptions.OnError"/>, leaves out the
    /// rest of that item. <b>Cost:</b> fused; what the sequence itself costs. Arrays and strings are not special: they are enumerated. Several at once cost a
    /// link,
    /// and a short lock for each item of a sequence whose turn has not come.</para>
    /// </remarks>
    /// <param name="selector">Turns an item into a sequence; called by several threads at once with a parallelism above 1.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TResult">What the sequences yield.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block: a time limit is one item's, and a sequence has many.</exception>
    public Pipeline<TResult> SelectMany<TResult>(
        Func<T, IEnumerable<TResult>> selector, BlockOptions? options = null, [CallerArgumentExpression(nameof(selector))] string expression = "")
    {
        Require.NotNull(selector);
        return options.Checked(Means.Sequences) is { HasWorkers: true } several
            ? new(new FlattenSeveral<T, TResult>(Block, FlattenSeveral<T, TResult>.OfSequences(selector, several.Name ?? expression), several, expression))
            : new(new SelectMany<T, TResult>(Block, selector, options, expression));
    }
}

internal sealed class SelectMany<T, U>(Blueprint<T> upstream, Func<T, IEnumerable<U>> selector, BlockOptions? options, string name)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool CountsApart => true;

    public override bool IsStateless => true;

    public override void Build(Plan plan, Stage<U> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        if (plan.Section is null)
        {
            block.Holds = 1; // the item whose sequence is in progress, besides the item of the sequence that is at work
        }

        upstream.Build(plan, new Stage(block, selector, next));
    }

    private sealed class Stage(BlockRun block, Func<T, IEnumerable<U>> selector, Stage<U> next) : Stage<T, U>(block, next)
    {
        private readonly LeftOut _leftOut = new(block);

        // The sequence in progress, and the item it belongs to. Null between items.
        private IEnumerator<U>? _sequence;
        private T _item = default!;

        public override bool Push(T item)
        {
            Block.IsInCode = true;
            try
            {
                _sequence = Returned.NotNull(selector(item), Block, "a sequence").GetEnumerator();
                Block.IsInCode = false;
            }
            catch (Exception error)
            {
                Block.IsInCode = false;
                return _leftOut.Caught(item, error);
            }

            _item = item;
            return PushSequence();
        }

        public override Readiness Check() => _leftOut.IsWaiting ? Readiness.Full : Next.Check();

        public override bool Resume() => !_leftOut.IsWaiting && Next.Resume() && (_sequence is null || PushSequence());

        // A sequence in progress is finished first, unless nobody takes its items any more.
        public override bool Complete()
        {
            while (_sequence is not null || _leftOut.IsWaiting)
            {
                // One look a turn: between two looks room may appear.
                switch (Check())
                {
                    case Readiness.Full:
                        return false;
                    case Readiness.Finished when Block.Run.Failure is not null:
                        return Next.Complete(); // those behind have not had enough, but have failed: the item is given back with what is left
                    case Readiness.Finished:
                        CloseSequence();
                        break;
                    case Readiness.Ready when !Resume() && Block.Run.IsAborting:
                        return false;
                }
            }

            return Next.Complete();
        }

        public override void Attach(Island island)
        {
            _leftOut.Attach(island);
            base.Attach(island);
        }

        public override void Abandon()
        {
            if (_sequence is not null)
            {
                // The run was aborted, or has failed, in the middle of the item: a part of it has gone out, and it as a whole has not.
                (IEnumerator<U>? sequence, T item) = LetGo();
                try
                {
                    sequence!.Dispose();
                }
                catch (Exception error)
                {
                    Block.NoteLater(item, error);
                }

                Block.Undeliver(item);
            }

            Next.Abandon();
        }

        private bool PushSequence()
        {
            IEnumerator<U> sequence = _sequence!;
            (BlockRun block, PipelineRun run) = (Block, Block.Run);
            while (!run.IsAborting)
            {
                U result;
                block.IsInCode = true;
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
                    return FailSequence(error);
                }

                block.IsInCode = false;
                block.Counted++;
                if (!Next.Push(result))
                {
                    return false;
                }
            }

            return false;
        }

        private bool CloseSequence()
        {
            (IEnumerator<U>? sequence, T item) = LetGo();
            Block.IsInCode = true;
            try
            {
                sequence?.Dispose();
                Block.IsInCode = false;
                return true;
            }
            catch (Exception error)
            {
                Block.IsInCode = false;
                return _leftOut.Caught(item, error);
            }
        }

        // The item has failed, once: what its sequence throws as it is disposed comes second.
        private bool FailSequence(Exception error)
        {
            Block.IsInCode = false;
            (IEnumerator<U>? sequence, T item) = LetGo();
            bool goesOn = _leftOut.Caught(item, error);
            try
            {
                sequence?.Dispose();
            }
            catch (Exception second)
            {
                Block.NoteLater(item, second);
            }

            return goesOn;
        }

        private (IEnumerator<U>? Sequence, T Item) LetGo()
        {
            (IEnumerator<U>? sequence, T item) = (_sequence, _item);
            _sequence = null;
            _item = default!;
            return (sequence, item);
        }
    }
}
