using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>A buffer that drops when it is full, instead of making upstream wait.</summary>
/// <remarks>In front of a boundary it is that boundary's link: what waits for the block behind it is what it may drop, and nothing else waits. In front of
/// fused blocks, or of a buffer that somebody has asked for beside it, it has a link of its own.</remarks>
internal sealed class DroppingBuffer<T>(Blueprint<T> upstream, int capacity, BoundedChannelFullMode mode, BlockOptions options)
    : Blueprint<T>(BlockKind.Transform, $"Buffer({capacity}, {mode})", options)
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        var queue = new DroppingQueue<T>(capacity, mode);
        bool isOfNext = next is LinkWriter<T> && next.Block.Blueprint is not Buffer<T>;
        BlockRun block = plan.Add(this, next.Block);
        Ring<T> link = isOfNext ? ((LinkWriter<T>)next).Link : LinkIsland<T>.Add(plan, block, next);
        link.WaitsIn = queue;
        upstream.Build(plan, new DroppingWriter<T>(block, link, queue, isBehind: !isOfNext));
    }
}
