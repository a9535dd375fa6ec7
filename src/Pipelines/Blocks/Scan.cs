using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that folds the items into a state and yields each new state.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> one item in, one out. <b>Completion:</b> with the input; the seed itself is not yielded.</para>
    /// <para><b>Failure:</b> an exception ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out, and the state as it was.
    /// <b>Cost:</b> fused; one virtual and one delegate call, 0 bytes.</para>
    /// </remarks>
    /// <param name="seed">The state before the first item; each run starts from it. It is shared by runs, so it should not be mutable: there is another
    /// <c>Scan</c> for a state that is.</param>
    /// <param name="accumulator">Makes the next state out of the state and an item.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TAccumulate">The state.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="accumulator"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<TAccumulate> Scan<TAccumulate>(
        TAccumulate seed,
        Func<TAccumulate, T, TAccumulate> accumulator,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(accumulator))] string expression = "") =>
        new(new Scan<T, TAccumulate>(Block, seed, Require.NotNull(accumulator), options.Checked(Means.OnError), expression));

    /// <summary>A transform block that folds the items into a state, which each run makes anew, and yields each new state.</summary>
    /// <remarks>
    /// As the <c>Scan</c> with a seed. <b>Failure:</b> an exception of <paramref name="createSeed"/> fails the run, whatever the policy.
    /// </remarks>
    /// <param name="createSeed">Makes the state before the first item; called once a run, when its first item comes.</param>
    /// <param name="accumulator">Makes the next state out of the state and an item; it may change the state that it gets and return that.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TAccumulate">The state.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="createSeed"/> or <paramref name="accumulator"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    // Without the priority () => new List<int>() may be a seed too: a delegate.
    [OverloadResolutionPriority(1)]
    public Pipeline<TAccumulate> Scan<TAccumulate>(
        Func<TAccumulate> createSeed,
        Func<TAccumulate, T, TAccumulate> accumulator,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(accumulator))] string expression = "") =>
        new(new ScanAnew<T, TAccumulate>(Block, Require.NotNull(createSeed), Require.NotNull(accumulator), options.Checked(Means.OnError), expression));
}

internal sealed class Scan<T, TState>(Blueprint<T> upstream, TState seed, Func<TState, T, TState> accumulator, BlockOptions? options, string name)
    : Blueprint<TState>(BlockKind.Transform, name, options)
{
    public override bool IsOneForOne => true;

    public override void Build(Plan plan, Stage<TState> next) =>
        upstream.Build(plan, LenientStage<T>.Around(new ScanStage<T, TState>(plan.Add(this, next.Block), seed, accumulator, next)));
}

internal sealed class ScanAnew<T, TState>(
    Blueprint<T> upstream, Func<TState> createSeed, Func<TState, T, TState> accumulator, BlockOptions? options, string name)
    : Blueprint<TState>(BlockKind.Transform, name, options)
{
    public override bool IsOneForOne => true;

    public override void Build(Plan plan, Stage<TState> next)
    {
        BlockRun block = plan.Add(this, next.Block);
        var stage = new ScanStage<T, TState>(block, default!, accumulator, next);
        upstream.Build(plan, new SeedingStage(block, createSeed, stage, LenientStage<T>.Around(stage)));
    }

    // In front of the other, which so does not ask at each item whether it has a state. What it throws is the block's, and no item's.
    private sealed class SeedingStage(BlockRun block, Func<TState> createSeed, ScanStage<T, TState> scan, Stage<T> next) : Stage<T, T>(block, next)
    {
        private bool _isSeeded;

        public override bool Push(T item)
        {
            if (!_isSeeded)
            {
                try
                {
                    scan.State = createSeed();
                    _isSeeded = true;
                }
                catch (Exception error)
                {
                    Block.Caught(error);
                    Block.Undeliver(item);
                    return false;
                }
            }

            return Next.Push(item);
        }

        // The same block as the next stage.
        public override int Depth => Next.Depth;
    }
}

internal sealed class ScanStage<T, TState>(BlockRun block, TState seed, Func<TState, T, TState> accumulator, Stage<TState> next)
    : DelegateStage<T, TState>(block, next)
{
    public TState State { get; set; } = seed;

    public override bool Push(T item)
    {
        Enter(item);
        TState state = State = accumulator(State, item);
        Exit();
        return Next.Push(state);
    }
}
