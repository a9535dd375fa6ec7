using Pipelines.Channels;
using Pipelines.Execution;
using System.Threading.Channels;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A boundary: what is upstream and what is downstream run concurrently, with a bounded link between them.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> upstream waits when the link is full. In the other modes it never waits: an item is dropped instead,
    /// counted as <see cref="BlockReport.Dropped"/> and handed to <see cref="PipelineOptions.OnUndelivered"/> at once.</para>
    /// <para><b>Completion:</b> with the input, after the last item. <b>Cost:</b> some nanoseconds an item, 0 bytes; slots start few and grow with use.
    /// A mode that drops takes a lock an item.</para>
    /// </remarks>
    /// <param name="capacity">The greatest number of items that wait, 1 or more; <see cref="int.MaxValue"/> means unbounded, and nothing else does.</param>
    /// <param name="fullMode">What to do with an item when the link is full.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is below 1, or <paramref name="fullMode"/> none of the modes.</exception>
    public Pipeline<T> Buffer(int capacity, BoundedChannelFullMode fullMode = BoundedChannelFullMode.Wait)
    {
        Require.Capacity(capacity);
        return fullMode switch
        {
            BoundedChannelFullMode.Wait => new(new Buffer<T>(Block, capacity)),
            BoundedChannelFullMode.DropNewest or BoundedChannelFullMode.DropOldest or BoundedChannelFullMode.DropWrite =>
                new(new DroppingBuffer<T>(Block, capacity, fullMode)),
            _ => throw new ArgumentOutOfRangeException(nameof(fullMode), fullMode, "The mode must be Wait, DropNewest, DropOldest or DropWrite."),
        };
    }
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
