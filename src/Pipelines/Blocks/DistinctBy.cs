using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that passes on the first of each set of equal items; the others count as filtered.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> at most one item out for one in. <b>Completion:</b> with the input.</para>
    /// <para><b>Failure:</b> an exception of the items' equality ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out.
    /// <b>Cost:</b> fused; one look-up an item, and <i>every item passed on is remembered</i> until the run ends.</para>
    /// </remarks>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    [OverloadResolutionPriority(1)] // new() { Name = "once" } is no comparer
    public Pipeline<T> Distinct(BlockOptions? options = null) => Distinct(comparer: null, options);

    /// <summary>A transform block that passes on the first of each set of equal items, by a comparer; the others count as filtered.</summary>
    /// <remarks>As the other <c>Distinct</c>.</remarks>
    /// <param name="comparer">How items compare; null for the default.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> Distinct(IEqualityComparer<T>? comparer, BlockOptions? options = null) =>
        new(new DistinctBy<T, T>(Block, static item => item, comparer, options.Checked(Means.OnError), nameof(Distinct)));

    /// <summary>A transform block that passes on the first item of each key; later ones of the same key count as filtered.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> at most one item out for one in. <b>Completion:</b> with the input.</para>
    /// <para><b>Failure:</b> an exception ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out.
    /// <b>Cost:</b> fused; one look-up an item, and <i>every key seen is remembered</i> until the run ends.</para>
    /// </remarks>
    /// <param name="keySelector">The key of an item; null is a key like any other.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    [OverloadResolutionPriority(1)] // new() { Name = "once" } is no comparer
    public Pipeline<T> DistinctBy<TKey>(
        Func<T, TKey> keySelector, BlockOptions? options = null, [CallerArgumentExpression(nameof(keySelector))] string expression = "") =>
        DistinctBy(keySelector, comparer: null, options, expression);

    /// <summary>A transform block that passes on the first item of each key, by a comparer; later ones of the same key count as filtered.</summary>
    /// <remarks>As the other <c>DistinctBy</c>.</remarks>
    /// <param name="keySelector">The key of an item; null is a key like any other.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> DistinctBy<TKey>(
        Func<T, TKey> keySelector,
        IEqualityComparer<TKey>? comparer,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(keySelector))] string expression = "") =>
        new(new DistinctBy<T, TKey>(Block, Require.NotNull(keySelector), comparer, options.Checked(Means.OnError), expression));
}

internal sealed class DistinctBy<T, TKey>(
    Blueprint<T> upstream, Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer, BlockOptions? options, string name)
    : Blueprint<T>(BlockKind.Transform, name, options)
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next) =>
        upstream.Build(plan, LenientStage<T>.Around(new Stage(plan.Add(this, next.Block), keySelector, comparer, next)));

    private sealed class Stage(BlockRun block, Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer, Stage<T> next)
        : DelegateStage<T, T>(block, next)
    {
        private readonly HashSet<TKey> _seen = new(comparer);

        public override bool Push(T item)
        {
            Enter(item);
            bool isNew = _seen.Add(keySelector(item));
            Exit();
            if (isNew)
            {
                return Next.Push(item);
            }

            Block.Filtered++;
            return true;
        }
    }
}
