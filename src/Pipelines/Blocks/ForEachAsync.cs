using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A consumer block that does something asynchronous with each item. It closes the pipeline.</summary>
    /// <remarks>
    /// <para><b>Order:</b> items are taken in order. <b>Backpressure:</b> a boundary: up to <see cref="BlockOptions.Capacity"/> items wait in front of the
    /// block.</para>
    /// <para><b>Failure:</b> as <c>SelectAsync</c>. <b>Cost:</b> a link and one await.</para>
    /// </remarks>
    /// <param name="action">What to do with an item.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>A closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    [OverloadResolutionPriority(4)]
    public Pipeline ForEachAsync(
        Func<T, CancellationToken, ValueTask> action, BlockOptions? options = null, [CallerArgumentExpression(nameof(action))] string expression = "") =>
        new(new ForEachAsync<T>(Block, Require.NotNull(action), options.Checked(Means.All), expression));

    /// <inheritdoc cref="ForEachAsync(Func{T, CancellationToken, ValueTask}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(3)]
    public Pipeline ForEachAsync(
        Func<T, CancellationToken, Task> action, BlockOptions? options = null, [CallerArgumentExpression(nameof(action))] string expression = "") =>
        new(new ForEachAsync<T>(Block, Delegates.Uniform(Require.NotNull(action), options?.Name ?? expression), options.Checked(Means.All), expression));

    /// <inheritdoc cref="ForEachAsync(Func{T, CancellationToken, ValueTask}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(2)]
    public Pipeline ForEachAsync(
        Func<T, ValueTask> action, BlockOptions? options = null, [CallerArgumentExpression(nameof(action))] string expression = "") =>
        new(new ForEachAsync<T>(Block, Delegates.Uniform(Require.NotNull(action)), options.Checked(Means.All), expression));

    /// <inheritdoc cref="ForEachAsync(Func{T, CancellationToken, ValueTask}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(1)]
    public Pipeline ForEachAsync(
        Func<T, Task> action, BlockOptions? options = null, [CallerArgumentExpression(nameof(action))] string expression = "") =>
        new(new ForEachAsync<T>(Block, Delegates.Uniform(Require.NotNull(action), options?.Name ?? expression), options.Checked(Means.All), expression));
}

internal sealed class ForEachAsync<T>(
    Blueprint<T> upstream, Func<T, CancellationToken, ValueTask> action, BlockOptions? options, string name)
    : ConsumerBlueprint(name, options)
{
    public override void Build(Plan plan) => Build(plan, this);

    /// <summary>The same for another consumer, which writes what it does as such an action.</summary>
    public void Build(Plan plan, ConsumerBlueprint consumer)
    {
        BlockRun block = plan.Add(consumer, null, countsOut: true);
        upstream.Build(plan, Mapping.Add<T, Done>(plan, block, new Acting(action, plan.Run.Edge).ActAsync, new DoneStage(block)));
    }

    private sealed class Acting(Func<T, CancellationToken, ValueTask> action, Edge edge)
    {
        public ValueTask<Done> ActAsync(T item, CancellationToken token)
        {
            ValueTask pending = action(item, token);
            if (!pending.IsCompletedSuccessfully)
            {
                return AwaitAsync(pending);
            }

            pending.GetAwaiter().GetResult(); // gives a pooled task back to its pool
            return default;
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<Done> AwaitAsync(ValueTask pending)
        {
            await pending.AtOnce(edge);
            return default;
        }
    }
}
