using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block whose workers each have a resource of their own: a connection, a parser, a random generator.</summary>
    /// <remarks>
    /// <para>A worker creates its resource when its first item comes, uses it for one item at a time, and disposes it
    /// (<see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>) exactly once when it ends, however the run ends.</para>
    /// <para><b>Order, Backpressure, Completion, Cost:</b> as <c>Select</c> with options. <b>Failure:</b> the same; an exception of
    /// <paramref name="createWorker"/> or of a disposal fails the run.</para>
    /// </remarks>
    /// <param name="createWorker">Creates a worker's resource; called at most once a worker.</param>
    /// <param name="selector">Turns an item into another, with the worker's resource.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TWorker">The resource.</typeparam>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="createWorker"/> or <paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block: a time limit needs a delegate with a token.</exception>
    public Pipeline<TResult> Select<TWorker, TResult>(
        Func<TWorker> createWorker,
        Func<TWorker, T, TResult> selector,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(selector))] string expression = "")
    {
        Require.NotNull(createWorker);
        Require.NotNull(selector);
        BlockOptions? settings = options.Checked(Means.Pool | Means.Workers);
        return Elsewhere<TResult>(selector, createWorker, settings, expression)
            ?? new(new PooledSelect<T, TResult>(Block, new SynchronousDelegate<T, TResult>(Bind), settings, expression));

        Func<T, TResult> Bind(WorkerScope scope)
        {
            TWorker worker = scope.Own(Made(createWorker(), scope));
            return item => selector(worker, item);
        }
    }

    /// <summary>An asynchronous transform block whose workers each have a resource of their own.</summary>
    /// <remarks>
    /// <para>A worker creates its resource when its first item comes, uses it for one item at a time, and disposes it
    /// (<see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>) exactly once when it ends, however the run ends.</para>
    /// <para><b>Order, Backpressure, Completion, Cost:</b> as <c>SelectAsync</c>. <b>Failure:</b> the same; an exception of
    /// <paramref name="createWorker"/> or of a disposal fails the run.</para>
    /// </remarks>
    /// <param name="createWorker">Creates a worker's resource; called at most once a worker.</param>
    /// <param name="selector">Turns an item into another, with the worker's resource.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TWorker">The resource.</typeparam>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="createWorker"/> or <paramref name="selector"/> is null.</exception>
    [OverloadResolutionPriority(4)]
    public Pipeline<TResult> SelectAsync<TWorker, TResult>(
        Func<TWorker> createWorker,
        Func<TWorker, T, CancellationToken, ValueTask<TResult>> selector,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(selector))] string expression = "")
    {
        Require.NotNull(createWorker);
        Require.NotNull(selector);
        return Elsewhere<TResult>(selector, createWorker, options, expression)
            ?? new(new PooledSelect<T, TResult>(Block, new AsynchronousDelegate<T, TResult>(Bind), options, expression));

        Func<T, CancellationToken, ValueTask<TResult>> Bind(WorkerScope scope)
        {
            TWorker worker = scope.Own(Made(createWorker(), scope));
            return (item, token) => selector(worker, item, token);
        }
    }

    /// <inheritdoc cref="SelectAsync{TWorker, TResult}(Func{TWorker}, Func{TWorker, T, CancellationToken, ValueTask{TResult}}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(3)]
    public Pipeline<TResult> SelectAsync<TWorker, TResult>(
        Func<TWorker> createWorker,
        Func<TWorker, T, CancellationToken, Task<TResult>> selector,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(selector))] string expression = "")
    {
        Require.NotNull(createWorker);
        Require.NotNull(selector);
        return Elsewhere<TResult>(selector, createWorker, options, expression) ?? SelectAsync(
            createWorker,
            (TWorker worker, T item, CancellationToken token) => new ValueTask<TResult>(
                Returned.NotNull(selector(worker, item, token), options?.Name ?? expression, "a task")), options, expression);
    }

    /// <inheritdoc cref="SelectAsync{TWorker, TResult}(Func{TWorker}, Func{TWorker, T, CancellationToken, ValueTask{TResult}}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(2)]
    public Pipeline<TResult> SelectAsync<TWorker, TResult>(
        Func<TWorker> createWorker,
        Func<TWorker, T, ValueTask<TResult>> selector,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(selector))] string expression = "")
    {
        Require.NotNull(createWorker);
        Require.NotNull(selector);
        return Elsewhere<TResult>(selector, createWorker, options, expression)
            ?? SelectAsync(createWorker, (TWorker worker, T item, CancellationToken _) => selector(worker, item), options, expression);
    }

    /// <inheritdoc cref="SelectAsync{TWorker, TResult}(Func{TWorker}, Func{TWorker, T, CancellationToken, ValueTask{TResult}}, BlockOptions?, string)"/>
    [OverloadResolutionPriority(1)]
    public Pipeline<TResult> SelectAsync<TWorker, TResult>(
        Func<TWorker> createWorker,
        Func<TWorker, T, Task<TResult>> selector,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(selector))] string expression = "")
    {
        Require.NotNull(createWorker);
        Require.NotNull(selector);
        return Elsewhere<TResult>(selector, createWorker, options, expression) ?? SelectAsync(
            createWorker,
            (TWorker worker, T item, CancellationToken _) => new ValueTask<TResult>(
                Returned.NotNull(selector(worker, item), options?.Name ?? expression, "a task")), options, expression);
    }

    private static TWorker Made<TWorker>(TWorker worker, WorkerScope scope) =>
        worker is null ? throw Returned.Nothing(scope.Block.Run.NameOf(scope.Block), "a worker's resource") : worker;
}

internal sealed class PooledSelect<T, U>(Blueprint<T> upstream, PoolDelegate<T, U> work, BlockOptions? options, string name)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool IsOneForOne => true;

    public override bool IsStateless => true;

    public override void Build(Plan plan, Stage<U> next) =>
        upstream.Build(plan, Mapping.Add(plan, plan.Add(this, next.Block, countsOut: true), work, next));
}
