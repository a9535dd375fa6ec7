namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and counts its items by a key.</summary>
    /// <remarks>
    /// <para><b>Order:</b> none; which of several keys that compare as equal stands in the result is not said. Directly behind <see cref="Parallel{TResult}"/>,
    /// or with a <see cref="BlockOptions.Parallelism"/>, several workers count, each in a dictionary of its own, and those are added up in the end: see <see
    /// cref="AggregateAsync{TState, TResult}"/>. <b>Failure:</b> as there; <see cref="OverflowException"/> above <see cref="int.MaxValue"/>. <b>Cost:</b> a
    /// dictionary a worker, with all its keys.</para>
    /// </remarks>
    /// <param name="keySelector">The key of an item; called by several threads at once where several workers count.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="runOptions">Settings of the run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <returns>How many items each key had.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Task<Dictionary<TKey, int>> CountByAsync<TKey>(
        Func<T, TKey> keySelector,
        IEqualityComparer<TKey>? comparer = null,
        BlockOptions? options = null,
        PipelineOptions? runOptions = null,
        CancellationToken cancellationToken = default)
        where TKey : notnull =>
        AggregateBy(
            Require.NotNull(keySelector), static _ => 0, static (count, _) => checked(count + 1), static (some, others) => checked(some + others), comparer,
            options.Checked(Means.Pool), runOptions, nameof(CountByAsync), cancellationToken);
}
