using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that does something with each item and passes it on unchanged.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept, unless <see cref="BlockOptions.Ordered"/> is false. <b>Backpressure:</b> one item in, one out. With a
    /// <see cref="BlockOptions.Parallelism"/> above 1 a boundary, as <c>Select</c> with one. <b>Completion:</b> with the input.</para>
    /// <para><b>Failure:</b> an exception ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out.
    /// <b>Cost:</b> fused; one virtual and one delegate call, 0 bytes. On a pool as <c>Select</c>.</para>
    /// </remarks>
    /// <param name="action">What to do with an item; called by several threads at once with a parallelism above 1.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block: a time limit needs a delegate with a token.</exception>
    public Pipeline<T> Do(
        Action<T> action, BlockOptions? options = null, [CallerArgumentExpression(nameof(action))] string expression = "") =>
        new(new Do<T>(Block, Require.NotNull(action), options.Checked(Means.Pool), expression));
}

internal sealed class Do<T>(Blueprint<T> upstream, Action<T> action, BlockOptions? options, string name)
    : Blueprint<T>(BlockKind.Transform, name, options), IStageFactory<T, T>
{
    public override bool IsOneForOne => true;

    public override bool PassesItems => true;

    public override bool IsStateless => true;

    public override void Build(Plan plan, Stage<T> next) =>
        upstream.Build(plan, Options.HasWorkers
            ? Mapping.Add<T, T>(plan, plan.Add(this, next.Block, countsOut: true), Act, next)
            : LenientStage<T>.Around(Position.Create(this, plan.Add(this, next.Block), next)));

    public Stage<T> Create<TPosition>(BlockRun block, Stage<T> next)
        where TPosition : struct => new DoStage<TPosition>(block, action, next);

    private T Act(T item)
    {
        action(item);
        return item;
    }

    private sealed class DoStage<TPosition>(BlockRun block, Action<T> action, Stage<T> next) : DelegateStage<T, T>(block, next)
    {
        public override int Sure => Next.Sure;

        public override bool Push(T item)
        {
            Enter(item);
            action(item);
            Exit();
            return Next.Push(item);
        }
    }
}
