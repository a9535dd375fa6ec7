namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and folds its items by a key.</summary>
    /// <remarks>
    /// <para><b>Order:</b> none. Directly behind <see cref="Parallel{TResult}"/>, or with a <see cref="BlockOptions.Parallelism"/>, several workers fold, each
    /// in a dictionary of its own, and the values of a key are combined in the end: see <see cref="AggregateAsync{TState, TResult}"/>. <b>Failure:</b> as
    /// there.
    /// <b>Cost:</b> a dictionary a worker, with all its keys.</para>
    /// </remarks>
    /// <param name="keySelector">The key of an item; called by several threads at once where several workers fold.</param>
    /// <param name="seed">The value of a key before its first item, for each worker: never changed in place, and such that it does not matter how often it is
    /// combined.</param>
    /// <param name="update">Makes the next value out of a key's value and an item.</param>
    /// <param name="combine">Puts two workers' values of a key together.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="runOptions">Settings of the run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TValue">The value.</typeparam>
    /// <returns>The value of each key.</returns>
    /// <exception cref="ArgumentNullException">A delegate is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Task<Dictionary<TKey, TValue>> AggregateByAsync<TKey, TValue>(
        Func<T, TKey> keySelector,
        TValue seed,
        Func<TValue, T, TValue> update,
        Func<TValue, TValue, TValue> combine,
        IEqualityComparer<TKey>? comparer = null,
        BlockOptions? options = null,
        PipelineOptions? runOptions = null,
        CancellationToken cancellationToken = default)
        where TKey : notnull =>
        AggregateBy(
            Require.NotNull(keySelector), _ => seed, Require.NotNull(update), Require.NotNull(combine), comparer, options.Checked(Means.Pool), runOptions,
            nameof(AggregateByAsync), cancellationToken);

    private Task<Dictionary<TKey, TValue>> AggregateBy<TKey, TValue>(
        Func<T, TKey> keySelector,
        Func<TKey, TValue> seed,
        Func<TValue, T, TValue> update,
        Func<TValue, TValue, TValue> combine,
        IEqualityComparer<TKey>? comparer,
        BlockOptions? options,
        PipelineOptions? runOptions,
        string name,
        CancellationToken cancellationToken)
        where TKey : notnull
    {
        var parts = Parts(() => new Dictionary<TKey, TValue>(comparer), Update, Combine, options, name);
        return parts.ResultAsync(static values => values, runOptions, cancellationToken);

        // The value first: what throws leaves no key behind.
        Dictionary<TKey, TValue> Update(Dictionary<TKey, TValue> values, T item)
        {
            TKey key = keySelector(item);
            ref TValue value = ref CollectionsMarshal.GetValueRefOrNullRef(values, key);
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref value))
            {
                values.Add(key, update(seed(key), item));
            }
            else
            {
                value = update(value, item);
            }

            return values;
        }

        Dictionary<TKey, TValue> Combine(Dictionary<TKey, TValue> some, Dictionary<TKey, TValue> others)
        {
            foreach ((TKey key, TValue other) in others)
            {
                some[key] = some.TryGetValue(key, out TValue? value) ? combine(value, other) : other;
            }

            return some;
        }
    }
}
