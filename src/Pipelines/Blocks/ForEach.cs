using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A consumer block that does something with each item. It closes the pipeline.</summary>
    /// <remarks>
    /// <para><b>Order:</b> one item after the other, in order; with a <see cref="BlockOptions.Parallelism"/> above 1 items are taken in order, and several are
    /// worked on at once.
    /// <b>Backpressure:</b> takes an item when it is done with the one before; on a pool up to <see cref="BlockOptions.Capacity"/> items wait in front of
    /// it.</para>
    /// <para><b>Failure:</b> an exception ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out.
    /// <b>Cost:</b> fused; one virtual and one delegate call, 0 bytes. On a pool as <c>Select</c>.</para>
    /// </remarks>
    /// <param name="action">What to do with an item; called by several threads at once with a parallelism above 1.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>A closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block: a time limit needs a delegate with a token.</exception>
    public Pipeline ForEach(
        Action<T> action, BlockOptions? options = null, [CallerArgumentExpression(nameof(action))] string expression = "") =>
        new(new ForEach<T>(Block, Require.NotNull(action), options.Checked(Means.Pool), expression));
}

internal sealed class ForEach<T>(Blueprint<T> upstream, Action<T> action, BlockOptions? options, string name) : ConsumerBlueprint(name, options)
{
    public override void Build(Plan plan)
    {
        BlockRun block = plan.Add(this, null, countsOut: true);
        upstream.Build(plan, Options.HasWorkers
            ? Mapping.Add<T, Done>(plan, block, Act, new DoneStage(block))
            : LenientStage<T>.Around(new Stage(block, action)));
    }

    private Done Act(T item)
    {
        action(item);
        return default;
    }

    private sealed class Stage(BlockRun block, Action<T> action) : LastDelegateStage<T>(block)
    {
        public override int Sure => int.MaxValue;

        public override bool Push(T item)
        {
            Enter(item);
            action(item);
            Exit();
            Block.Counted++;
            return true;
        }
    }
}

/// <summary>What comes out of a consumer that works on several items at once: that it is done with one.</summary>
internal readonly struct Done;

/// <summary>Stands behind such a consumer.</summary>
internal sealed class DoneStage(BlockRun block) : LastStage<Done>(block)
{
    public override bool Push(Done item) => true;

    // The action has been done with it: the item got through, even if one before it did not.
    public override void Forgo(BlockRun head, Done item) => head.Counted++;

    public override void Discard(BlockRun head, Done item)
    {
    }
}
