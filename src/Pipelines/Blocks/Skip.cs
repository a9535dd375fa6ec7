using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that leaves the first items out; they count as filtered.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> with the input. <b>Cost:</b> fused; one virtual call, 0 bytes.</para>
    /// </remarks>
    /// <param name="count">How many items, 0 or more.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> Skip(int count, BlockOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new(new Skip<T>(Block, count, options.Checked(Means.Name)));
    }
}

internal sealed class Skip<T>(Blueprint<T> upstream, int count, BlockOptions? options)
    : Blueprint<T>(BlockKind.Transform, $"Skip({count})", options)
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next) =>
        upstream.Build(plan, new Stage(plan.Add(this, next.Block), count, next));

    private sealed class Stage(BlockRun block, int count, Stage<T> next) : Stage<T, T>(block, next)
    {
        public override bool Push(T item)
        {
            if (Block.Filtered == count)
            {
                return Next.Push(item);
            }

            Block.Filtered++;
            return true;
        }
    }
}
