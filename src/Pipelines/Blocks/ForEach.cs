using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A consumer block that does something with each item. It closes the pipeline.</summary>
    /// <remarks>
    /// <para><b>Order:</b> one item after the other, in order. <b>Backpressure:</b> takes an item when it is done with the one before.</para>
    /// <para><b>Failure:</b> an exception fails the run. <b>Cost:</b> fused; one virtual and one delegate call, 0 bytes.</para>
    /// </remarks>
    /// <param name="action">What to do with an item.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>A closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    public Pipeline ForEach(
        Action<T> action, [CallerArgumentExpression(nameof(action))] string expression = "") =>
        new(new ForEach<T>(Block, Require.NotNull(action), expression));
}

internal sealed class ForEach<T>(Blueprint<T> upstream, Action<T> action, string name) : ConsumerBlueprint(name)
{
    public override void Build(Plan plan) =>
        upstream.Build(plan, new Stage(plan.Add(this, null, countsOut: true), action));

    private sealed class Stage(BlockRun block, Action<T> action) : LastDelegateStage<T>(block)
    {
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
