using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and folds its items into one value.</summary>
    /// <remarks>
    /// <para><b>Order:</b> one item after the other, in order. <b>Failure:</b> as <see cref="Pipeline.RunAsync(CancellationToken)"/>;
    /// an exception of <paramref name="accumulator"/> by <see cref="PipelineOptions.OnError"/>. <b>Cost:</b> fused; 0 bytes an item.</para>
    /// </remarks>
    /// <param name="seed">The value before the first item, and the result when there is none.</param>
    /// <param name="accumulator">Makes the next value out of the value and an item.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TResult">The value.</typeparam>
    /// <returns>The value after the last item.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="accumulator"/> is null.</exception>
    public Task<TResult> AggregateAsync<TResult>(
        TResult seed, Func<TResult, T, TResult> accumulator, CancellationToken cancellationToken = default) =>
        AggregateAsync(seed, accumulator, PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options and folds its items into one value.</summary>
    /// <param name="seed">The value before the first item, and the result when there is none.</param>
    /// <param name="accumulator">Makes the next value out of the value and an item.</param>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TResult">The value.</typeparam>
    /// <returns>The value after the last item.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="accumulator"/> or <paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<TResult> AggregateAsync<TResult>(
        TResult seed, Func<TResult, T, TResult> accumulator, PipelineOptions options, CancellationToken cancellationToken = default)
    {
        Require.NotNull(accumulator);
        return Aggregate(seed, accumulator, options, cancellationToken, isUsers: true);
    }

    // A user's accumulator goes by the run's policy; what one of ours throws is about the result, and ends the run.
    private Task<TResult> Aggregate<TResult>(
        TResult seed,
        Func<TResult, T, TResult> accumulator,
        PipelineOptions options,
        CancellationToken cancellationToken,
        bool isUsers = false,
        [CallerMemberName] string name = "") =>
        Aggregate(seed, accumulator, static value => value, options, cancellationToken, isUsers, name);

    private Task<TResult> Aggregate<TAccumulate, TResult>(
        TAccumulate seed,
        Func<TAccumulate, T, TAccumulate> accumulator,
        Func<TAccumulate, TResult> finish,
        PipelineOptions options,
        CancellationToken cancellationToken,
        bool isUsers = false,
        [CallerMemberName] string name = "")
    {
        var aggregate = new Aggregate<T, TAccumulate, TResult>(Block, seed, accumulator, finish, isUsers, name);
        PipelineRun run = new Pipeline(aggregate).Start(Require.NotNull(options), cancellationToken);
        return aggregate.ResultAsync(run);
    }
}

internal sealed class Aggregate<T, TAccumulate, TResult>(
    Blueprint<T> upstream, TAccumulate seed, Func<TAccumulate, T, TAccumulate> accumulator, Func<TAccumulate, TResult> finish, bool isUsers, string name)
    : ConsumerBlueprint(name, isUsers ? null : Settings.Strict(null))
{
    public override void Build(Plan plan)
    {
        var stage = new Stage(plan.Add(this, null, countsOut: true), seed, accumulator);
        plan.Expose(this, stage);
        upstream.Build(plan, LenientStage<T>.Around(stage));
    }

    /// <summary>The result, once the run has ended; how it ended shows as in the run's own task.</summary>
    public Task<TResult> ResultAsync(PipelineRun run)
    {
        Stage stage = run.Handle<Stage>(this)!;
        return run.ResultAsync(() => finish(stage.Value));
    }

    private sealed class Stage(BlockRun block, TAccumulate seed, Func<TAccumulate, T, TAccumulate> accumulator) : LastDelegateStage<T>(block)
    {
        public override int Sure => int.MaxValue;

        public TAccumulate Value { get; private set; } = seed;

        public override bool Push(T item)
        {
            Enter(item);
            Value = accumulator(Value, item);
            Exit();
            Block.Counted++;
            return true;
        }
    }
}
