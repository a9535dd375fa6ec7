using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and gathers its items in a dictionary.</summary>
    /// <remarks>
    /// <para><b>Failure:</b> as <see cref="Pipeline.RunAsync(CancellationToken)"/>; an exception of a delegate, and <see cref="ArgumentException"/> on an item
    /// whose key was there already, by <see cref="PipelineOptions.OnError"/>. What was gathered is lost with the dictionary when the run fails.</para>
    /// </remarks>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> is null.</exception>
    public Task<Dictionary<TKey, T>> ToDictionaryAsync<TKey>(
        Func<T, TKey> keySelector, CancellationToken cancellationToken = default)
        where TKey : notnull =>
        Dictionary(keySelector, static item => item, null, PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline and gathers its items in a dictionary, whose keys a comparer compares.</summary>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> is null.</exception>
    public Task<Dictionary<TKey, T>> ToDictionaryAsync<TKey>(
        Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer, CancellationToken cancellationToken = default)
        where TKey : notnull =>
        Dictionary(keySelector, static item => item, comparer, PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options and gathers its items in a dictionary.</summary>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> or <paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<Dictionary<TKey, T>> ToDictionaryAsync<TKey>(
        Func<T, TKey> keySelector, PipelineOptions options, CancellationToken cancellationToken = default)
        where TKey : notnull =>
        Dictionary(keySelector, static item => item, null, options, cancellationToken);

    /// <summary>Runs the pipeline with options and gathers its items in a dictionary, whose keys a comparer compares.</summary>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> or <paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<Dictionary<TKey, T>> ToDictionaryAsync<TKey>(
        Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer, PipelineOptions options, CancellationToken cancellationToken = default)
        where TKey : notnull =>
        Dictionary(keySelector, static item => item, comparer, options, cancellationToken);

    /// <summary>Runs the pipeline and gathers a value of each of its items in a dictionary.</summary>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="valueSelector">What the dictionary holds for an item.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TValue">The value.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> or <paramref name="valueSelector"/> is null.</exception>
    public Task<Dictionary<TKey, TValue>> ToDictionaryAsync<TKey, TValue>(
        Func<T, TKey> keySelector, Func<T, TValue> valueSelector, CancellationToken cancellationToken = default)
        where TKey : notnull =>
        Dictionary(keySelector, valueSelector, null, PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline and gathers a value of each of its items in a dictionary, whose keys a comparer compares.</summary>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="valueSelector">What the dictionary holds for an item.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TValue">The value.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> or <paramref name="valueSelector"/> is null.</exception>
    public Task<Dictionary<TKey, TValue>> ToDictionaryAsync<TKey, TValue>(
        Func<T, TKey> keySelector, Func<T, TValue> valueSelector, IEqualityComparer<TKey>? comparer, CancellationToken cancellationToken = default)
        where TKey : notnull =>
        Dictionary(keySelector, valueSelector, comparer, PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options and gathers a value of each of its items in a dictionary.</summary>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="valueSelector">What the dictionary holds for an item.</param>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TValue">The value.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/>, <paramref name="valueSelector"/> or <paramref name="options"/> is
    /// null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<Dictionary<TKey, TValue>> ToDictionaryAsync<TKey, TValue>(
        Func<T, TKey> keySelector, Func<T, TValue> valueSelector, PipelineOptions options, CancellationToken cancellationToken = default)
        where TKey : notnull =>
        Dictionary(keySelector, valueSelector, null, options, cancellationToken);

    /// <summary>Runs the pipeline with options and gathers a value of each of its items in a dictionary, whose keys a comparer compares.</summary>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="valueSelector">What the dictionary holds for an item.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TValue">The value.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/>, <paramref name="valueSelector"/> or <paramref name="options"/> is
    /// null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<Dictionary<TKey, TValue>> ToDictionaryAsync<TKey, TValue>(
        Func<T, TKey> keySelector, Func<T, TValue> valueSelector, IEqualityComparer<TKey>? comparer, PipelineOptions options,
        CancellationToken cancellationToken = default)
        where TKey : notnull =>
        Dictionary(keySelector, valueSelector, comparer, options, cancellationToken);

    private Task<Dictionary<TKey, TValue>> Dictionary<TKey, TValue>(
        Func<T, TKey> keySelector, Func<T, TValue> valueSelector, IEqualityComparer<TKey>? comparer, PipelineOptions options,
        CancellationToken cancellationToken)
        where TKey : notnull
    {
        Require.NotNull(keySelector);
        Require.NotNull(valueSelector);
        return Aggregate(
            new Dictionary<TKey, TValue>(comparer),
            (dictionary, item) =>
            {
                dictionary.Add(keySelector(item), valueSelector(item));
                return dictionary;
            },
            options,
            cancellationToken,
            isUsers: true,
            nameof(ToDictionaryAsync));
    }
}
