using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>The operators that yield something made of the pipeline's own type: arrays, pairs, items with their place.</summary>
/// <remarks>
/// Extension methods, for a native compiler's sake: a type refers to what its own methods return, so if <c>Pipeline&lt;T&gt;</c> had a method that
/// returns a <c>Pipeline&lt;T[]&gt;</c>, that would have one that returns a <c>Pipeline&lt;T[][]&gt;</c>, and so on without end.
/// </remarks>
public static partial class PipelineOperators
{
    /// <summary>A transform block that gathers items into arrays of a size.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept, within and between batches. <b>Backpressure:</b> holds at most one batch.</para>
    /// <para><b>Completion:</b> with the input; a last, smaller batch is flushed, also when the run is stopped. When the run is aborted, its
    /// items count as undelivered. <c>In</c> counts items, <c>Out</c> batches.</para>
    /// <para><b>Cost:</b> fused; one array a batch.</para>
    /// </remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="size">Items a batch, 1 or more.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <typeparam name="T">What the pipeline yields.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    // Without the priority new() { Name = "rows" } may be a TimeSpan too.
    [OverloadResolutionPriority(1)]
    public static Pipeline<T[]> Batch<T>(this Pipeline<T> pipeline, int size, BlockOptions? options = null) =>
        new(new Batch<T>(Require.NotNull(pipeline).Block, Require.Size(size), options.Checked(Means.Name)));
}

internal sealed class Batch<T>(Blueprint<T> upstream, int size, BlockOptions? options)
    : Blueprint<T[]>(BlockKind.Transform, $"Batch({size})", options)
{
    public override bool MakesContainers => true;

    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<T[]> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        block.Holds = size - 1;
        upstream.Build(plan, new Stage(block, size, next));
    }

    private sealed class Stage(BlockRun block, int size, Stage<T[]> next) : Stage<T, T[]>(block, next)
    {
        // A size may be a way to say "all": the array grows up to it only as far as items come.
        private T[] _batch = [];
        private int _count;

        public override bool Push(T item)
        {
            if (_count == _batch.Length)
            {
                Array.Resize(ref _batch, (int)Math.Min(size, Math.Max(size <= 1024 ? size : 1024, 2L * _count)));
            }

            _batch[_count++] = item;
            return _count < size || Flush();
        }

        public override bool Complete()
        {
            if (_count > 0)
            {
                switch (Next.Check())
                {
                    case Readiness.Full:
                        return false;
                    case Readiness.Ready:
                        Array.Resize(ref _batch, _count);
                        Flush();
                        break;
                }
            }

            return Next.Complete();
        }

        public override void Abandon()
        {
            for (int i = 0; i < _count; i++)
            {
                Block.Undeliver(_batch[i]);
            }

            _count = 0;
            Next.Abandon();
        }

        private bool Flush()
        {
            T[] batch = _batch;
            _batch = [];
            _count = 0;
            Block.Counted++;
            return Next.Push(batch);
        }
    }
}
