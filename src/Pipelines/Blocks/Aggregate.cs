using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and folds its items into one value.</summary>
    /// <remarks>
    /// <para><b>Order:</b> one item after the other, in order. <b>Failure:</b> as <see cref="Pipeline.RunAsync(CancellationToken)"/>. <b>Cost:</b> fused; 0 bytes an item.</para>
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
        return Aggregate(seed, accumulator, options, cancellationToken);
    }

    private Task<TResult> Aggregate<TResult>(
        TResult seed,
        Func<TResult, T, TResult> accumulator,
        PipelineOptions options,
        CancellationToken cancellationToken,
        [CallerMemberName] string name = "")
    {
        var aggregate = new Aggregate<T, TResult>(Block, seed, accumulator, name);
        PipelineRun run = new Pipeline(aggregate).Start(Require.NotNull(options), cancellationToken);
        return aggregate.ResultAsync(run);
    }
}

internal sealed class Aggregate<T, TResult>(Blueprint<T> upstream, TResult seed, Func<TResult, T, TResult> accumulator, string name)
    : ConsumerBlueprint(name)
{
    public override void Build(Plan plan)
    {
        var stage = new Stage(plan.Add(this, null, countsOut: true), seed, accumulator);
        plan.Expose(this, stage);
        upstream.Build(plan, stage);
    }

    /// <summary>The result, once the run has ended; how it ended shows as in the run's own task.</summary>
    /// <remarks>On the run's scheduler, like all that runs: an await that leaves the caller's context would go on on the thread pool, whatever the scheduler.</remarks>
    public Task<TResult> ResultAsync(PipelineRun run) =>
        run.Completion.ContinueWith(
            static async (completion, stage) =>
            {
                await completion.ConfigureAwait(false); // it has ended: this throws what it threw, and waits for nothing
                return ((Stage)stage!).Value;
            },
            run.Handle<Stage>(this),
            CancellationToken.None,
            TaskContinuationOptions.DenyChildAttach,
            run.Options.Scheduler ?? TaskScheduler.Default).Unwrap();

    private sealed class Stage(BlockRun block, TResult seed, Func<TResult, T, TResult> accumulator) : LastDelegateStage<T>(block)
    {
        public TResult Value { get; private set; } = seed;

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
