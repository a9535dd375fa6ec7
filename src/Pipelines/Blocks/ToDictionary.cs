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

    /// <summary>Runs the pipeline and gathers its items in a dictionary, by several workers.</summary>
    /// <remarks>
    /// <para><b>Order:</b> none. Directly behind <see cref="Parallel{TResult}"/>, or with a <see cref="BlockOptions.Parallelism"/>, several workers gather,
    /// each in a dictionary of its own, and those are put together in the end: see <see cref="AggregateAsync{TState, TResult}"/>. <b>Failure:</b> as there. A
    /// key that a worker has already is its item's failure, by <see cref="BlockOptions.OnError"/>; one that two workers have fails the whole, with the
    /// same <see cref="ArgumentException"/>, when all items are done. <b>Cost:</b> a dictionary a worker, and each item copied once more.</para>
    /// </remarks>
    /// <param name="keySelector">The key of an item; called by several threads at once where several workers gather.</param>
    /// <param name="options">Settings of the block.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="runOptions">Settings of the run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> or <paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Task<Dictionary<TKey, T>> ToDictionaryAsync<TKey>(
        Func<T, TKey> keySelector,
        BlockOptions options,
        IEqualityComparer<TKey>? comparer = null,
        PipelineOptions? runOptions = null,
        CancellationToken cancellationToken = default)
        where TKey : notnull =>
        DictionaryInParts(
            Require.NotNull(keySelector), static item => item, comparer, Require.NotNull(options).Checked(Means.Pool), runOptions, cancellationToken);

    /// <summary>Runs the pipeline and gathers a value of each of its items in a dictionary, by several workers.</summary>
    /// <remarks><b>Order, Failure, Cost:</b> as <see cref="ToDictionaryAsync{TKey}(Func{T, TKey}, BlockOptions, IEqualityComparer{TKey}, PipelineOptions,
    /// CancellationToken)"/>.</remarks>
    /// <param name="keySelector">The key of an item; called by several threads at once where several workers gather.</param>
    /// <param name="valueSelector">What the dictionary holds for an item; the same holds for it.</param>
    /// <param name="options">Settings of the block.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="runOptions">Settings of the run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TValue">The value.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/>, <paramref name="valueSelector"/> or <paramref name="options"/> is
    /// null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Task<Dictionary<TKey, TValue>> ToDictionaryAsync<TKey, TValue>(
        Func<T, TKey> keySelector,
        Func<T, TValue> valueSelector,
        BlockOptions options,
        IEqualityComparer<TKey>? comparer = null,
        PipelineOptions? runOptions = null,
        CancellationToken cancellationToken = default)
        where TKey : notnull =>
        DictionaryInParts(
            Require.NotNull(keySelector), Require.NotNull(valueSelector), comparer, Require.NotNull(options).Checked(Means.Pool), runOptions,
            cancellationToken);

    private Task<Dictionary<TKey, TValue>> DictionaryInParts<TKey, TValue>(
        Func<T, TKey> keySelector, Func<T, TValue> valueSelector, IEqualityComparer<TKey>? comparer, BlockOptions? options, PipelineOptions? runOptions,
        CancellationToken cancellationToken)
        where TKey : notnull
    {
        var parts = Parts(() => new Dictionary<TKey, TValue>(comparer), Update, Combine, options, nameof(ToDictionaryAsync));
        return parts.ResultAsync(static dictionary => dictionary, runOptions, cancellationToken);

        Dictionary<TKey, TValue> Update(Dictionary<TKey, TValue> dictionary, T item)
        {
            dictionary.Add(keySelector(item), valueSelector(item));
            return dictionary;
        }

        static Dictionary<TKey, TValue> Combine(Dictionary<TKey, TValue> some, Dictionary<TKey, TValue> others)
        {
            some.EnsureCapacity(some.Count + others.Count);
            foreach ((TKey key, TValue value) in others)
            {
                some.Add(key, value);
            }

            return some;
        }
    }

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
