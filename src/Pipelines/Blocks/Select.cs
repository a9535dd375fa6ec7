using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that turns each item into another: in the loop of its neighbours, or several at once on a pool of workers.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept, unless <see cref="BlockOptions.Ordered"/> is false. <b>Backpressure:</b> one item in, one out. With a
    /// <see cref="BlockOptions.Parallelism"/> above 1 a boundary: up to <see cref="BlockOptions.Capacity"/> items wait in front of the block, and as many are
    /// worked on or wait for an earlier one to finish.</para>
    /// <para><b>Completion:</b> with the input, after the last result. <b>Failure:</b> an exception ends the run or, by <see cref="BlockOptions.OnError"/>,
    /// leaves the item out. A pool ends the run when all results before the failed item have gone out; nothing behind it ever does.</para>
    /// <para><b>Cost:</b> fused; one virtual and one delegate call, 0 bytes. On a pool workers take items in runs whose length follows the measured time, so an
    /// item of some nanoseconds costs little and an item of milliseconds never waits for others; 0 bytes an item.</para>
    /// </remarks>
    /// <param name="selector">Turns an item into another; called by several threads at once with a parallelism above 1. It must not block; use
    /// <c>SelectAsync</c> for what waits.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block: a time limit needs a delegate with a token.</exception>
    public Pipeline<TResult> Select<TResult>(
        Func<T, TResult> selector, BlockOptions? options = null, [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        Elsewhere<TResult>(Require.NotNull(selector), null, options.Checked(Means.Pool | Means.Workers), expression)
        ?? new(new Select<T, TResult>(Block, selector, options, expression));
}

internal sealed class Select<T, U>(Blueprint<T> upstream, Func<T, U> selector, BlockOptions? options, string name, bool passesItems = false)
    : Blueprint<U>(BlockKind.Transform, name, options), IStageFactory<T, U>
{
    public override bool IsOneForOne => true;

    public override bool PassesItems => passesItems;

    public override bool IsStateless => true;

    public override void Build(Plan plan, Stage<U> next) =>
        upstream.Build(plan, Options.HasWorkers
            ? Mapping.Add(plan, plan.Add(this, next.Block, countsOut: true), selector, next)
            : LenientStage<T>.Around(Position.Create(this, plan.Add(this, next.Block), next)));

    public Stage<T> Create<TPosition>(BlockRun block, Stage<U> next)
        where TPosition : struct => new SelectStage<TPosition>(block, selector, next);

    private sealed class SelectStage<TPosition>(BlockRun block, Func<T, U> selector, Stage<U> next) : DelegateStage<T, U>(block, next)
    {
        public override int Sure => Next.Sure;

        public override bool Push(T item)
        {
            Enter(item);
            U result = selector(item);
            Exit();
            return Next.Push(result);
        }
    }
}
