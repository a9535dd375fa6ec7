using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that turns each item into another, asynchronously.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> a boundary: up to <see cref="BlockOptions.Capacity"/> items wait in front of the block.</para>
    /// <para><b>Completion:</b> with the input, after the last result. <b>Failure:</b> an exception fails the run; <see cref="OperationCanceledException"/>
    /// too, unless the run is being aborted. The delegate's token is cancelled when the run is aborted, cancelled or has failed.</para>
    /// <para><b>Cost:</b> a link and one await; 0 bytes when the delegate's task is complete already.</para>
    /// </remarks>
    /// <param name="selector">Turns an item into another.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    [OverloadResolutionPriority(4)]
    public Pipeline<TResult> SelectAsync<TResult>(
        Func<T, CancellationToken, ValueTask<TResult>> selector, BlockOptions? options = null,
        [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        Elsewhere<TResult>(Require.NotNull(selector), null, options, expression)
        ?? new(new SelectAsync<T, TResult>(Block, selector, options, expression));

    /// <inheritdoc cref="SelectAsync{TResult}(Func{T, CancellationToken, ValueTask{TResult}}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(3)]
    public Pipeline<TResult> SelectAsync<TResult>(
        Func<T, CancellationToken, Task<TResult>> selector, BlockOptions? options = null,
        [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        Elsewhere<TResult>(Require.NotNull(selector), null, options, expression)
        ?? new(new SelectAsync<T, TResult>(Block, Delegates.Uniform(selector, options?.Name ?? expression), options, expression));

    /// <inheritdoc cref="SelectAsync{TResult}(Func{T, CancellationToken, ValueTask{TResult}}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(2)]
    public Pipeline<TResult> SelectAsync<TResult>(
        Func<T, ValueTask<TResult>> selector, BlockOptions? options = null, [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        Elsewhere<TResult>(Require.NotNull(selector), null, options, expression)
        ?? new(new SelectAsync<T, TResult>(Block, Delegates.Uniform(selector), options, expression));

    /// <inheritdoc cref="SelectAsync{TResult}(Func{T, CancellationToken, ValueTask{TResult}}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(1)]
    public Pipeline<TResult> SelectAsync<TResult>(
        Func<T, Task<TResult>> selector, BlockOptions? options = null, [CallerArgumentExpression(nameof(selector))] string expression = "") =>
        Elsewhere<TResult>(Require.NotNull(selector), null, options, expression)
        ?? new(new SelectAsync<T, TResult>(Block, Delegates.Uniform(selector, options?.Name ?? expression), options, expression));
}

internal sealed class SelectAsync<T, U>(
    Blueprint<T> upstream, Func<T, CancellationToken, ValueTask<U>> selector, BlockOptions? options, string name)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool IsOneForOne => true;

    public override bool IsStateless => true;

    public override void Build(Plan plan, Stage<U> next) =>
        upstream.Build(plan, Mapping.Add(plan, plan.Add(this, next.Block, countsOut: true), selector, next));
}
