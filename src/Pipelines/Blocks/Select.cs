using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that turns each item into another.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> one item in, one out. <b>Completion:</b> with the input.</para>
    /// <para><b>Failure:</b> an exception fails the run. <b>Cost:</b> fused; one virtual and one delegate call, 0 bytes.</para>
    /// </remarks>
    /// <param name="selector">Turns an item into another. It must not block; use <c>SelectAsync</c> for what waits.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="U">What comes out.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public Pipeline<U> Select<U>(
        Func<T, U> selector, [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        new(new Select<T, U>(Block, Require.NotNull(selector), expression));

    /// <summary>A transform block that turns each item into another, several at once on a pool of workers.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept, unless <see cref="BlockOptions.Ordered"/> is false. <b>Backpressure:</b> with a <see cref="BlockOptions.Parallelism"/>
    /// above 1 a boundary: up to <see cref="BlockOptions.Capacity"/> items wait in front of the block, and as many are worked on or wait for
    /// an earlier one to finish. With 1 it is the plain <c>Select</c>, under the options' name.</para>
    /// <para><b>Completion:</b> with the input, after the last result. <b>Failure:</b> an exception fails the run when all results before it have
    /// gone out; nothing behind it ever does.</para>
    /// <para><b>Cost:</b> workers take items in runs whose length follows the measured time, so an item of some nanoseconds costs little and an
    /// item of milliseconds never waits for others; 0 bytes an item.</para>
    /// </remarks>
    /// <param name="selector">Turns an item into another; called by several threads at once. It must not block; use <c>SelectAsync</c> for what waits.</param>
    /// <param name="options">Settings of the block.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="U">What comes out.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> or <paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">The options have a time limit, which needs a delegate with a token.</exception>
    // Without the priority new() { Parallelism = 4 } is taken for the other overload's string.
    [OverloadResolutionPriority(1)]
    public Pipeline<U> Select<U>(
        Func<T, U> selector, BlockOptions options, [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        new(new Select<T, U>(Block, Require.NotNull(selector), expression, Require.NoTimeout(options)));
}

internal sealed class Select<T, U>(Blueprint<T> upstream, Func<T, U> selector, string name, BlockOptions? options = null)
    : Blueprint<U>(BlockKind.Transform, name, options), IStageFactory<T, U>
{
    public override void Build(Plan plan, Stage<U> next) =>
        upstream.Build(plan, this switch
        {
            { Options.Parallelism: > 1 } => Mapping.Add(plan, plan.Add(this, next.Block, countsOut: true), selector, next),
            { Options.OnError.MayWait: true } => Mapping.Add<T, U>(plan, plan.Add(this, next.Block, countsOut: true), (item, _) => new(selector(item)), next),
            { Options.OnError.Stops: false } => new LenientStage(plan.Add(this, next.Block), selector, next),
            _ => Position.Create(this, plan.Add(this, next.Block), next),
        });

    public Stage<T> Create<TPosition>(BlockRun block, Stage<U> next)
        where TPosition : struct => new SelectStage<TPosition>(block, selector, next);

    private sealed class SelectStage<TPosition>(BlockRun block, Func<T, U> selector, Stage<U> next) : DelegateStage<T, U>(block, next)
    {
        public override bool Push(T item)
        {
            Enter(item);
            U result = selector(item);
            Exit();
            return Next.Push(result);
        }
    }

    /// <summary>For a policy that leaves failed items out: guards each call, which the other leaves to its island.</summary>
    private sealed class LenientStage(BlockRun block, Func<T, U> selector, Stage<U> next) : Stage<T, U>(block, next)
    {
        public override bool Push(T item)
        {
            U result;
            try
            {
                result = selector(item);
            }
            catch (Exception error)
            {
                return Block.CaughtNow(item, error);
            }

            return Next.Push(result);
        }
    }
}
