using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that does something with each item and passes it on unchanged.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> one item in, one out. <b>Completion:</b> with the input.</para>
    /// <para><b>Failure:</b> an exception fails the run. <b>Cost:</b> fused; one virtual and one delegate call, 0 bytes.</para>
    /// </remarks>
    /// <param name="action">What to do with an item.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    public Pipeline<T> Do(
        Action<T> action, [CallerArgumentExpression(nameof(action))] string expression = "") =>
        new(new Do<T>(Block, Require.NotNull(action), expression));
}

internal sealed class Do<T>(Blueprint<T> upstream, Action<T> action, string name)
    : Blueprint<T>(BlockKind.Transform, name), IStageFactory<T, T>
{
    public override void Build(Plan plan, Stage<T> next) =>
        upstream.Build(plan, Position.Create(this, plan.Add(this, next.Block), next));

    public Stage<T> Create<TPosition>(BlockRun block, Stage<T> next)
        where TPosition : struct => new DoStage<TPosition>(block, action, next);

    private sealed class DoStage<TPosition>(BlockRun block, Action<T> action, Stage<T> next) : DelegateStage<T, T>(block, next)
    {
        public override bool Push(T item)
        {
            Enter(item);
            action(item);
            Exit();
            return Next.Push(item);
        }
    }
}
