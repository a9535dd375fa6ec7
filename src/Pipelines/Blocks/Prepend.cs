using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that yields one item and then passes the others on.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. The item does not wait for the first of the others, unless the block stands behind a pool or another asynchronous
    /// block: then it leaves with the first, or at the end. <b>Completion:</b> with the input; without any input the one item is the whole stream.
    /// <c>Out</c> counts the item, <c>In</c> does not.</para>
    /// <para><b>Cost:</b> fused; one virtual call, 0 bytes. For more than one item put a pipeline in front of this one with <c>Concat</c>.</para>
    /// </remarks>
    /// <param name="item">The first item. It is shared by runs.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> Prepend(T item, BlockOptions? options = null) => new(new Prepend<T>(Block, item, options.Checked(Means.Name)));
}

internal sealed class Prepend<T>(Blueprint<T> upstream, T item, BlockOptions? options) : Blueprint<T>(BlockKind.Transform, "Prepend", options)
{
    public override bool PassesItems => true;

    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        block.Holds = 1; // an item that came when there was room only for the one before it
        upstream.Build(plan, new Stage(block, item, next));
    }

    private sealed class Stage(BlockRun block, T first, Stage<T> next) : Stage<T, T>(block, next)
    {
        private bool _hasBegun;
        private bool _hasWaiting;
        private T _waiting = default!;

        public override bool Push(T item)
        {
            if (!_hasBegun)
            {
                _hasBegun = true;
                if (!Pass(first))
                {
                    _waiting = item;
                    _hasWaiting = true;
                    return false;
                }
            }

            return Pass(item);
        }

        // Asked before the first item: so the first does not wait for it.
        public override bool Resume()
        {
            if (!Next.Resume())
            {
                return false;
            }

            if (!_hasBegun)
            {
                _hasBegun = true;
                return Pass(first);
            }

            if (_hasWaiting)
            {
                T item = _waiting;
                _hasWaiting = false;
                _waiting = default!;
                return Pass(item);
            }

            return true;
        }

        public override bool Complete()
        {
            while (!_hasBegun || _hasWaiting)
            {
                switch (Next.Check())
                {
                    case Readiness.Full:
                        return false;
                    case Readiness.Finished:
                        return Next.Complete();
                    case Readiness.Ready when !Resume() && Block.Run.IsAborting:
                        return false;
                }
            }

            return Next.Complete();
        }

        public override void Abandon()
        {
            if (_hasWaiting)
            {
                _hasWaiting = false;
                Block.Undeliver(_waiting);
            }

            Next.Abandon();
        }

        private bool Pass(T item)
        {
            Block.Counted++;
            return Next.Push(item);
        }
    }
}
