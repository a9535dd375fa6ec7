using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that lets through the items which satisfy an asynchronous condition; the others count as filtered.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> a boundary: up to <see cref="BlockOptions.Capacity"/> items wait in front of the block.</para>
    /// <para><b>Completion:</b> with the input. <b>Failure:</b> as <c>SelectAsync</c>. <b>Cost:</b> a link and one await.</para>
    /// </remarks>
    /// <param name="predicate">Whether an item goes on.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    [OverloadResolutionPriority(4)]
    public Pipeline<T> WhereAsync(
        Func<T, CancellationToken, ValueTask<bool>> predicate, BlockOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string expression = "") =>
        new(new WhereAsync<T>(Block, Require.NotNull(predicate), options.Checked(Means.All), expression));

    /// <inheritdoc cref="WhereAsync(Func{T, CancellationToken, ValueTask{bool}}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(3)]
    public Pipeline<T> WhereAsync(
        Func<T, CancellationToken, Task<bool>> predicate, BlockOptions? options = null, [CallerArgumentExpression(nameof(predicate))] string expression = "") =>
        new(new WhereAsync<T>(Block, Delegates.Uniform(Require.NotNull(predicate), options?.Name ?? expression), options.Checked(Means.All), expression));

    /// <inheritdoc cref="WhereAsync(Func{T, CancellationToken, ValueTask{bool}}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(2)]
    public Pipeline<T> WhereAsync(
        Func<T, ValueTask<bool>> predicate, BlockOptions? options = null, [CallerArgumentExpression(nameof(predicate))] string expression = "") =>
        new(new WhereAsync<T>(Block, Delegates.Uniform(Require.NotNull(predicate)), options.Checked(Means.All), expression));

    /// <inheritdoc cref="WhereAsync(Func{T, CancellationToken, ValueTask{bool}}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(1)]
    public Pipeline<T> WhereAsync(
        Func<T, Task<bool>> predicate, BlockOptions? options = null, [CallerArgumentExpression(nameof(predicate))] string expression = "") =>
        new(new WhereAsync<T>(Block, Delegates.Uniform(Require.NotNull(predicate), options?.Name ?? expression), options.Checked(Means.All), expression));
}

internal sealed class WhereAsync<T>(
    Blueprint<T> upstream, Func<T, CancellationToken, ValueTask<bool>> predicate, BlockOptions? options, string name)
    : Blueprint<T>(BlockKind.Transform, name, options)
{
    public override bool PassesItems => true;

    public override bool IsStateless => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        BlockRun block = plan.Add(this, next.Block);
        var asking = new Asking(predicate, plan.Run.Edge);
        upstream.Build(plan, Mapping.Add<T, (T Item, bool Passes)>(plan, block, asking.AskAsync, new PassingStage<T>(block, next)));
    }

    private sealed class Asking(Func<T, CancellationToken, ValueTask<bool>> predicate, Edge edge)
    {
        public ValueTask<(T Item, bool Passes)> AskAsync(T item, CancellationToken token)
        {
            ValueTask<bool> answer = predicate(item, token);
            return answer.IsCompletedSuccessfully ? new((item, answer.Result)) : AwaitAsync(item, answer);
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<(T Item, bool Passes)> AwaitAsync(T item, ValueTask<bool> answer) => (item, await answer.AtOnce(edge));
    }
}
