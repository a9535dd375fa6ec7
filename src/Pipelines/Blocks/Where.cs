using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that lets through the items which satisfy a condition; the others count as filtered.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept, unless <see cref="BlockOptions.Ordered"/> is false. <b>Backpressure:</b> at most one item out for one in. With a
    /// <see cref="BlockOptions.Parallelism"/> above 1 a boundary, as <c>Select</c> with one. <b>Completion:</b> with the input.</para>
    /// <para><b>Failure:</b> an exception ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out.
    /// <b>Cost:</b> fused; one virtual and one delegate call, 0 bytes. On a pool as <c>Select</c>.</para>
    /// </remarks>
    /// <param name="predicate">Whether an item goes on; called by several threads at once with a parallelism above 1.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block: a time limit needs a delegate with a token.</exception>
    public Pipeline<T> Where(
        Func<T, bool> predicate, BlockOptions? options = null, [CallerArgumentExpression(nameof(predicate))] string expression = "") =>
        new(new Where<T>(Block, Require.NotNull(predicate), options.Checked(Means.Pool), expression));
}

internal sealed class Where<T>(Blueprint<T> upstream, Func<T, bool> predicate, BlockOptions? options, string name)
    : Blueprint<T>(BlockKind.Transform, name, options), IStageFactory<T, T>
{
    public override bool PassesItems => true;

    public override bool IsStateless => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        BlockRun block = plan.Add(this, next.Block);
        upstream.Build(plan, Options.HasWorkers
            ? Mapping.Add<T, (T Item, bool Passes)>(plan, block, Ask, new PassingStage<T>(block, next))
            : LenientStage<T>.Around(Position.Create(this, block, next)));
    }

    public Stage<T> Create<TPosition>(BlockRun block, Stage<T> next)
        where TPosition : struct => new WhereStage<TPosition>(block, predicate, next);

    private (T Item, bool Passes) Ask(T item) => (item, predicate(item));

    private sealed class WhereStage<TPosition>(BlockRun block, Func<T, bool> predicate, Stage<T> next) : DelegateStage<T, T>(block, next)
    {
        public override int Sure => Next.Sure;

        public override bool Push(T item)
        {
            Enter(item);
            bool passes = predicate(item);
            Exit();
            if (passes)
            {
                return Next.Push(item);
            }

            Block.Filtered++;
            return true;
        }
    }
}

/// <summary>Stands behind a pool, or behind another that asks for each item whether it goes on, and does as the answer says.</summary>
internal sealed class PassingStage<T>(BlockRun block, Stage<T> next) : Stage<(T Item, bool Passes), T>(block, next)
{
    public override bool Push((T Item, bool Passes) item)
    {
        if (item.Passes)
        {
            return Next.Push(item.Item);
        }

        Block.Filtered++;
        return true;
    }

    // The item is the failure's; an answer about it is nobody's.
    public override void Discard(BlockRun head, (T Item, bool Passes) item)
    {
    }

    public override void Forgo(BlockRun head, (T Item, bool Passes) item)
    {
        if (item.Passes)
        {
            head.Undeliver(item.Item);
        }
        else
        {
            head.Filtered++;
        }
    }
}
