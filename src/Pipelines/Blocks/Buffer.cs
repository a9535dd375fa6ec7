using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A boundary: what is upstream and what is downstream run concurrently, with a bounded link between them.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> upstream waits when the link is full. <b>Completion:</b> with the input, after the last item.</para>
    /// <para><b>Cost:</b> 3 to 10 ns an item, 0 bytes. Slots start few and grow with use.</para>
    /// </remarks>
    /// <param name="capacity">The greatest number of items that wait, 1 or more; <see cref="int.MaxValue"/> means unbounded, and nothing else does.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is below 1.</exception>
    public Pipeline<T> Buffer(int capacity) => new(new Buffer<T>(Block, Require.Capacity(capacity)));
}

internal sealed class Buffer<T>(Blueprint<T> upstream, int capacity)
    : Blueprint<T>(BlockKind.Transform, capacity == int.MaxValue ? "Buffer(unbounded)" : $"Buffer({capacity})", new BlockOptions { Capacity = capacity })
{
    public override void Build(Plan plan, Stage<T> next)
    {
        BlockRun block = plan.Add(this, next.Block);
        Ring<T> link = LinkIsland<T>.Add(plan, block, next);
        upstream.Build(plan, new LinkWriter<T>(block, link));
    }
}
