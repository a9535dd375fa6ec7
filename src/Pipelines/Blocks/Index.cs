using Pipelines.Execution;

namespace Pipelines;

public static partial class PipelineOperators
{
    /// <summary>A transform block that yields each item together with its place in the stream, from 0.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> one item in, one out. <b>Completion:</b> with the input.</para>
    /// <para><b>Cost:</b> fused; one virtual call, 0 bytes.</para>
    /// </remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <typeparam name="T">What the pipeline yields.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public static Pipeline<(long Index, T Item)> Index<T>(this Pipeline<T> pipeline, BlockOptions? options = null) =>
        new(new Index<T>(Require.NotNull(pipeline).Block, options.Checked(Means.Name)));
}

internal sealed class Index<T>(Blueprint<T> upstream, BlockOptions? options)
    : Blueprint<(long Index, T Item)>(BlockKind.Transform, "Index", options)
{
    public override bool IsOneForOne => true;

    public override bool MakesContainers => true;

    public override void Build(Plan plan, Stage<(long Index, T Item)> next) =>
        upstream.Build(plan, new Stage(plan.Add(this, next.Block), next));

    // A stream may be longer than an int can count.
    private sealed class Stage(BlockRun block, Stage<(long Index, T Item)> next) : Stage<T, (long Index, T Item)>(block, next)
    {
        private long _index;

        public override bool Push(T item) => Next.Push((_index++, item));
    }
}
