using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that folds the items into a state and yields each new state.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> one item in, one out. <b>Completion:</b> with the input; the seed itself is not yielded.</para>
    /// <para><b>Failure:</b> an exception fails the run. <b>Cost:</b> fused; one virtual and one delegate call, 0 bytes.</para>
    /// </remarks>
    /// <param name="seed">The state before the first item; each run starts from it. It is shared by runs, so it should not be mutable.</param>
    /// <param name="accumulator">Makes the next state out of the state and an item.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TState">The state.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="accumulator"/> is null.</exception>
    public Pipeline<TState> Scan<TState>(
        TState seed, Func<TState, T, TState> accumulator, [CallerArgumentExpression(nameof(accumulator))] string expression = "") =>
        new(new Scan<T, TState>(Block, seed, Require.NotNull(accumulator), expression));
}

internal sealed class Scan<T, TState>(Blueprint<T> upstream, TState seed, Func<TState, T, TState> accumulator, string name)
    : Blueprint<TState>(BlockKind.Transform, name)
{
    public override void Build(Plan plan, Stage<TState> next) =>
        upstream.Build(plan, new Stage(plan.Add(this, next.Block), seed, accumulator, next));

    private sealed class Stage(BlockRun block, TState seed, Func<TState, T, TState> accumulator, Stage<TState> next)
        : DelegateStage<T, TState>(block, next)
    {
        private TState _state = seed;

        public override bool Push(T item)
        {
            Enter(item);
            _state = accumulator(_state, item);
            Exit();
            return Next.Push(_state);
        }
    }
}
