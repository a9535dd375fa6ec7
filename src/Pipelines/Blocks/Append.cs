using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that passes the items on and yields one more behind the last.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> with the input, after the item; it comes also when the run is stopped, and not when it is
    /// aborted. <c>Out</c> counts the item, <c>In</c> does not.</para>
    /// <para><b>Cost:</b> fused; one virtual call, 0 bytes. For more than one item put a pipeline behind this one with <c>Concat</c>.</para>
    /// </remarks>
    /// <param name="item">The last item. It is shared by runs.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> Append(T item, BlockOptions? options = null) => new(new Append<T>(Block, item, options.Checked(Means.Name)));
}

internal sealed class Append<T>(Blueprint<T> upstream, T item, BlockOptions? options) : Blueprint<T>(BlockKind.Transform, "Append", options)
{
    public override bool PassesItems => true;

    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<T> next) =>
        upstream.Build(plan, new Stage(plan.Add(this, next.Block, countsOut: true), item, next));

    private sealed class Stage(BlockRun block, T last, Stage<T> next) : Stage<T, T>(block, next)
    {
        private bool _isAppended;

        public override bool Push(T item)
        {
            Block.Counted++;
            return Next.Push(item);
        }

        public override bool Complete()
        {
            while (!_isAppended && Block.Run.Failure is null) // what is behind a failed item does not come any more
            {
                switch (Next.Check())
                {
                    case Readiness.Full:
                        return false;
                    case Readiness.Finished:
                        _isAppended = true;
                        break;
                    case Readiness.Ready when Next.Resume(): // what is upstream may have had enough in the middle of something
                        _isAppended = true;
                        Push(last);
                        break;
                    case Readiness.Ready when Block.Run.IsAborting:
                        return false;
                }
            }

            return Next.Complete();
        }
    }
}
