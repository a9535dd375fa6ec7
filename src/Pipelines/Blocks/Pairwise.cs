using Pipelines.Execution;

namespace Pipelines;

public static partial class PipelineOperators
{
    /// <summary>A transform block that yields each item together with the one before it.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> one item in, one pair out. <b>Completion:</b> with the input. The first item has none before
    /// it and yields nothing: it counts as filtered.</para>
    /// <para><b>Cost:</b> fused; one virtual call, 0 bytes. For more than two items at a time use <c>Window</c>.</para>
    /// </remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <typeparam name="T">What the pipeline yields.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public static Pipeline<(T Previous, T Current)> Pairwise<T>(this Pipeline<T> pipeline, BlockOptions? options = null) =>
        new(new Pairwise<T>(Require.NotNull(pipeline).Block, options.Checked(Means.Name)));
}

internal sealed class Pairwise<T>(Blueprint<T> upstream, BlockOptions? options)
    : Blueprint<(T Previous, T Current)>(BlockKind.Transform, "Pairwise", options)
{
    public override bool MakesContainers => true;

    public override bool SharesItems => true;

    public override void Build(Plan plan, Stage<(T Previous, T Current)> next) =>
        upstream.Build(plan, new Stage(plan.Add(this, next.Block), next));

    private sealed class Stage(BlockRun block, Stage<(T Previous, T Current)> next) : Stage<T, (T Previous, T Current)>(block, next)
    {
        private bool _hasPrevious;
        private T _previous = default!;

        public override bool Push(T item)
        {
            T previous = _previous;
            _previous = item;
            if (_hasPrevious)
            {
                return Next.Push((previous, item));
            }

            _hasPrevious = true;
            Block.Filtered++;
            return true;
        }
    }
}
