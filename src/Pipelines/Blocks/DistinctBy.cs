using Pipelines.Execution;
using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that passes on the first item of each key; the others count as filtered.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> at most one item out for one in. <b>Completion:</b> with the input.</para>
    /// <para><b>Failure:</b> an exception fails the run. <b>Cost:</b> fused; one look-up an item, and <i>every key seen is remembered</i> until the run ends.</para>
    /// </remarks>
    /// <param name="keySelector">The key of an item; null is a key like any other.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> is null.</exception>
    public Pipeline<T> DistinctBy<TKey>(
        Func<T, TKey> keySelector,
        IEqualityComparer<TKey>? comparer = null,
        [CallerArgumentExpression(nameof(keySelector))] string expression = "") =>
        new(new DistinctBy<T, TKey>(Block, Require.NotNull(keySelector), comparer, expression));
}

internal sealed class DistinctBy<T, TKey>(
    Blueprint<T> upstream, Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer, string name)
    : Blueprint<T>(BlockKind.Transform, name)
{
    public override void Build(Plan plan, Stage<T> next) =>
        upstream.Build(plan, new Stage(plan.Add(this, next.Block), keySelector, comparer, next));

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
