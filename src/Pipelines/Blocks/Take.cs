using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that passes the first items on and then ends the stream.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> behind the last item it wants, or with the input if that ends first. Upstream is then
    /// stopped; what waits in links on the way here is counted as undelivered.</para>
    /// <para><b>Cost:</b> fused; one virtual call, 0 bytes.</para>
    /// </remarks>
    /// <param name="count">How many items, 0 or more. With 0 the source is never asked.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> Take(int count, BlockOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new(new Take<T>(Block, count, options.Checked(Means.Name)));
    }
}

internal sealed class Take<T>(Blueprint<T> upstream, int count, BlockOptions? options)
    : Blueprint<T>(BlockKind.Transform, $"Take({count})", options)
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next) =>
        upstream.Build(plan, new Stage(plan.Add(this, next.Block), count, next));

    private sealed class Stage(BlockRun block, int left, Stage<T> next) : Stage<T, T>(block, next)
    {
        private int _left = left;

        public override bool Push(T item)
        {
            _left--;
            return Next.Push(item) & _left > 0;
        }

        public override Readiness Check() => _left > 0 ? Next.Check() : Enough;
    }
}
