using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A boundary: what is upstream and what is downstream run concurrently, with a bounded link between them.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> upstream waits when the link is full.</para>
    /// <para><b>Completion:</b> with the input, after the last item. <b>Cost:</b> some nanoseconds an item, 0 bytes; slots start few and grow with use.</para>
    /// </remarks>
    /// <param name="capacity">The greatest number of items that wait, 1 or more; <see cref="int.MaxValue"/> means unbounded, and nothing else does.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is below 1.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    [OverloadResolutionPriority(1)] // new() { Name = "queue" } is no mode
    public Pipeline<T> Buffer(int capacity, BlockOptions? options = null) => Buffer(capacity, BoundedChannelFullMode.Wait, options);

    /// <summary>A boundary that may drop items: what is upstream and what is downstream run concurrently, with a bounded link between them.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> upstream waits when the link is full. In the other modes it never waits: an item is dropped instead.
    /// A dropped item is counted as <see cref="BlockReport.Dropped"/> and handed to <see cref="PipelineOptions.OnUndelivered"/> at once. In front of a
    /// boundary (an asynchronous or a parallel block, a batch with an age) such a buffer is that block's link, so that nothing else waits there:
    /// <c>Buffer(1, DropOldest).ForEachAsync(...)</c> gets the newest value each time.</para>
    /// <para><b>Completion:</b> with the input, after the last item. <b>Cost:</b> some nanoseconds an item, 0 bytes; slots start few and grow with use.
    /// A mode that drops takes a lock an item.</para>
    /// </remarks>
    /// <param name="capacity">The greatest number of items that wait, 1 or more; <see cref="int.MaxValue"/> means unbounded, and nothing else does.</param>
    /// <param name="fullMode">What to do with an item when the link is full.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is below 1, or <paramref name="fullMode"/> none of the modes.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> Buffer(int capacity, BoundedChannelFullMode fullMode, BlockOptions? options = null)
    {
        Require.Capacity(capacity);
        BlockOptions settings = (options.Checked(Means.Name) ?? BlockOptions.Default) with { Capacity = capacity };
        return fullMode switch
        {
            BoundedChannelFullMode.Wait => new(new Buffer<T>(Block, capacity, settings)),
            BoundedChannelFullMode.DropNewest or BoundedChannelFullMode.DropOldest or BoundedChannelFullMode.DropWrite =>
                new(new DroppingBuffer<T>(Block, capacity, fullMode, settings)),
            _ => throw new ArgumentOutOfRangeException(nameof(fullMode), fullMode, "The mode must be Wait, DropNewest, DropOldest or DropWrite."),
        };
    }
}

internal sealed class Buffer<T>(Blueprint<T> upstream, int capacity, BlockOptions options)
    : Blueprint<T>(BlockKind.Transform, capacity == int.MaxValue ? "Buffer(unbounded)" : $"Buffer({capacity})", options)
{
    public override bool IsOneForOne => true;

    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        BlockRun block = plan.Add(this, next.Block);
        Ring<T> link = LinkIsland<T>.Add(plan, block, next);
        upstream.Build(plan, new LinkWriter<T>(block, link));
    }
}
