using Pipelines.Execution;

namespace Pipelines;

public static partial class PipelineOperators
{
    /// <summary>A transform block that yields sliding windows: arrays of a size, each of which begins some items behind the one before it.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept, within and between windows. <b>Backpressure:</b> holds less than one window. <b>Completion:</b> with the input.
    /// Only full windows go out; items that are in none, at the end or, with a step above the size, between two, count as filtered.
    /// <c>In</c> counts items, <c>Out</c> windows.</para>
    /// <para><b>Cost:</b> fused; one array a window. Windows side by side are batches: <c>Batch</c> yields the last, smaller one too.</para>
    /// </remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="size">Items a window, 1 or more.</param>
    /// <param name="step">How many items from the beginning of a window to the beginning of the next, 1 or more.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <typeparam name="T">What the pipeline yields.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> or <paramref name="step"/> is below 1.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public static Pipeline<T[]> Window<T>(this Pipeline<T> pipeline, int size, int step = 1, BlockOptions? options = null) =>
        new(new Window<T>(Require.NotNull(pipeline).Block, Require.Size(size), Require.Size(step), options.Checked(Means.Name)));
}

internal sealed class Window<T>(Blueprint<T> upstream, int size, int step, BlockOptions? options)
    : Blueprint<T[]>(BlockKind.Transform, $"Window({size}, {step})", options)
{
    public override bool MakesContainers => true;

    public override bool SharesItems => step < size; // an item is in several windows

    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<T[]> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        block.Holds = size - 1;
        upstream.Build(plan, new Stage(block, size, step, next));
    }

    private sealed class Stage(BlockRun block, int size, int step, Stage<T[]> next) : Stage<T, T[]>(block, next)
    {
        private readonly List<T> _items = [];

        // How many of them, from the first, have been in a window.
        private int _seen;

        // How many items more are between two windows.
        private int _between;

        public override bool Push(T item)
        {
            if (_between > 0)
            {
                _between--;
                Block.Filtered++;
                return true;
            }

            _items.Add(item);
            if (_items.Count < size)
            {
                return true;
            }

            T[] window = [.. _items];
            _items.RemoveRange(0, Math.Min(step, size));
            _seen = _items.Count;
            _between = Math.Max(0, step - size);
            Block.Counted++;
            return Next.Push(window);
        }

        public override bool Complete()
        {
            if (Next.Check() != Readiness.Finished)
            {
                Block.Filtered += _items.Count - _seen;
                _items.Clear();
                _seen = 0;
            }

            return Next.Complete();
        }

        public override void Abandon()
        {
            for (int i = _seen; i < _items.Count; i++)
            {
                Block.Undeliver(_items[i]);
            }

            _items.Clear();
            Next.Abandon();
        }
    }
}
