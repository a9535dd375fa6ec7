using System.Runtime.CompilerServices;

namespace Pipelines.Hosting;

/// <summary>Blocks that take a service out of the container: a scope an item or batch, or a scope a worker.</summary>
/// <remarks>
/// <para>They are for pipelines that a host runs: called where one is built (in <c>AddPipeline</c>, in <see cref="IPipelineDefinition.Build"/>, or in code
/// that runs inside such a pipeline). A service that is not registered fails the start of the host by name.</para>
/// <para>A scope is created when an item's turn has come, and disposed exactly once behind it, asynchronously where it can be, whether the item went well
/// or not. <b>Cost:</b> of a scope and a service of it about 340 bytes, on top of what the service's constructor does.</para>
/// </remarks>
public static class ServiceBlocks
{
    /// <summary>A transform block that turns each item into another with a service, asynchronously.</summary>
    /// <remarks><b>Order, Backpressure, Completion:</b> as <c>SelectAsync</c>. <b>Failure:</b> the same; what the creation or the disposal of a service
    /// throws is a failure of its item.</remarks>
    /// <param name="source">The pipeline so far.</param>
    /// <param name="selector">Turns an item into another. With the types of its parameters written out the compiler finds all others.</param>
    /// <param name="options">Settings of the block; null for the defaults. What the configuration says of a block of its name takes their place.</param>
    /// <param name="scope">How long the service's scope lives.</param>
    /// <param name="expression">Filled in by the compiler; the block's name: of <c>(service, item) =&gt; service.SaveAsync(item)</c> it is
    /// <c>Store.SaveAsync</c>, if the service is a <c>Store</c>.</param>
    /// <typeparam name="TService">The service.</typeparam>
    /// <typeparam name="T">What comes in.</typeparam>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="selector"/> is null.</exception>
    /// <exception cref="InvalidOperationException">No host builds this pipeline.</exception>
    [OverloadResolutionPriority(4)]
    public static Pipeline<TResult> SelectAsync<TService, T, TResult>(
        this Pipeline<T> source,
        Func<TService, T, CancellationToken, ValueTask<TResult>> selector,
        BlockOptions? options = null,
        ScopePer scope = ScopePer.Item,
        [CallerArgumentExpression(nameof(selector))] string expression = "")
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(selector);
        RunServices services = RunServices.Wanted<TService>();
        string name = ServiceBlockName.Of<TService>(expression);
        return source.SelectAsync(services.Call(selector, scope), services.OptionsOf(options, name), name);
    }

    /// <inheritdoc
    /// cref="SelectAsync{TService, T, TResult}(Pipeline{T}, Func{TService, T, CancellationToken, ValueTask{TResult}}, BlockOptions?, ScopePer, string)"/>
    [OverloadResolutionPriority(3)]
    public static Pipeline<TResult> SelectAsync<TService, T, TResult>(
        this Pipeline<T> source,
        Func<TService, T, CancellationToken, Task<TResult>> selector,
        BlockOptions? options = null,
        ScopePer scope = ScopePer.Item,
        [CallerArgumentExpression(nameof(selector))] string expression = "")
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(selector);
        return source.SelectAsync(
            (TService service, T item, CancellationToken token) => new ValueTask<TResult>(selector(service, item, token)), options, scope, expression);
    }

    /// <inheritdoc
    /// cref="SelectAsync{TService, T, TResult}(Pipeline{T}, Func{TService, T, CancellationToken, ValueTask{TResult}}, BlockOptions?, ScopePer, string)"/>
    [OverloadResolutionPriority(2)]
    public static Pipeline<TResult> SelectAsync<TService, T, TResult>(
        this Pipeline<T> source,
        Func<TService, T, ValueTask<TResult>> selector,
        BlockOptions? options = null,
        ScopePer scope = ScopePer.Item,
        [CallerArgumentExpression(nameof(selector))] string expression = "")
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(selector);
        return source.SelectAsync(
            (TService service, T item, CancellationToken _) => selector(service, item), options, scope, expression);
    }

    /// <inheritdoc
    /// cref="SelectAsync{TService, T, TResult}(Pipeline{T}, Func{TService, T, CancellationToken, ValueTask{TResult}}, BlockOptions?, ScopePer, string)"/>
    [OverloadResolutionPriority(1)]
    public static Pipeline<TResult> SelectAsync<TService, T, TResult>(
        this Pipeline<T> source,
        Func<TService, T, Task<TResult>> selector,
        BlockOptions? options = null,
        ScopePer scope = ScopePer.Item,
        [CallerArgumentExpression(nameof(selector))] string expression = "")
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(selector);
        return source.SelectAsync(
            (TService service, T item, CancellationToken _) => new ValueTask<TResult>(selector(service, item)), options, scope, expression);
    }

    /// <summary>A consumer block that does something asynchronous with each item and a service. It closes the pipeline.</summary>
    /// <remarks><b>Order, Backpressure:</b> as <c>ForEachAsync</c>. <b>Failure:</b> the same; what the creation or the disposal of a service throws is a
    /// failure of its item.</remarks>
    /// <param name="source">The pipeline so far.</param>
    /// <param name="action">What to do with an item. With the types of its parameters written out the compiler finds all others.</param>
    /// <param name="options">Settings of the block; null for the defaults. What the configuration says of a block of its name takes their place.</param>
    /// <param name="scope">How long the service's scope lives.</param>
    /// <param name="expression">Filled in by the compiler; the block's name: of <c>(service, item) =&gt; service.SaveAsync(item)</c> it is
    /// <c>Store.SaveAsync</c>, if the service is a <c>Store</c>.</param>
    /// <typeparam name="TService">The service.</typeparam>
    /// <typeparam name="T">What comes in.</typeparam>
    /// <returns>A closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="action"/> is null.</exception>
    /// <exception cref="InvalidOperationException">No host builds this pipeline.</exception>
    [OverloadResolutionPriority(4)]
    public static Pipeline ForEachAsync<TService, T>(
        this Pipeline<T> source,
        Func<TService, T, CancellationToken, ValueTask> action,
        BlockOptions? options = null,
        ScopePer scope = ScopePer.Item,
        [CallerArgumentExpression(nameof(action))] string expression = "")
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(action);
        RunServices services = RunServices.Wanted<TService>();
        string name = ServiceBlockName.Of<TService>(expression);
        return source.ForEachAsync(services.Call(action, scope), services.OptionsOf(options, name), name);
    }

    /// <inheritdoc cref="ForEachAsync{TService, T}(Pipeline{T}, Func{TService, T, CancellationToken, ValueTask}, BlockOptions?, ScopePer, string)"/>
    [OverloadResolutionPriority(3)]
    public static Pipeline ForEachAsync<TService, T>(
        this Pipeline<T> source,
        Func<TService, T, CancellationToken, Task> action,
        BlockOptions? options = null,
        ScopePer scope = ScopePer.Item,
        [CallerArgumentExpression(nameof(action))] string expression = "")
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(action);
        return source.ForEachAsync(
            (TService service, T item, CancellationToken token) => new ValueTask(action(service, item, token)), options, scope, expression);
    }

    /// <inheritdoc cref="ForEachAsync{TService, T}(Pipeline{T}, Func{TService, T, CancellationToken, ValueTask}, BlockOptions?, ScopePer, string)"/>
    [OverloadResolutionPriority(2)]
    public static Pipeline ForEachAsync<TService, T>(
        this Pipeline<T> source,
        Func<TService, T, ValueTask> action,
        BlockOptions? options = null,
        ScopePer scope = ScopePer.Item,
        [CallerArgumentExpression(nameof(action))] string expression = "")
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(action);
        return source.ForEachAsync((TService service, T item, CancellationToken _) => action(service, item), options, scope, expression);
    }

    /// <inheritdoc cref="ForEachAsync{TService, T}(Pipeline{T}, Func{TService, T, CancellationToken, ValueTask}, BlockOptions?, ScopePer, string)"/>
    [OverloadResolutionPriority(1)]
    public static Pipeline ForEachAsync<TService, T>(
        this Pipeline<T> source,
        Func<TService, T, Task> action,
        BlockOptions? options = null,
        ScopePer scope = ScopePer.Item,
        [CallerArgumentExpression(nameof(action))] string expression = "")
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(action);
        return source.ForEachAsync(
            (TService service, T item, CancellationToken _) => new ValueTask(action(service, item)), options, scope, expression);
    }
}
