using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that passes items on as long as they satisfy a condition, and ends the stream with the first that does not.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> with the first item that fails the condition, which counts as filtered, or with the input.
    /// Upstream is then stopped; what waits in links on the way here is counted as undelivered.</para>
    /// <para><b>Failure:</b> an exception ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out. <b>Cost:</b> fused; one virtual and one
    /// delegate call, 0 bytes.</para>
    /// </remarks>
    /// <param name="predicate">Whether the stream goes on with this item.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> TakeWhile(
        Func<T, bool> predicate, BlockOptions? options = null, [CallerArgumentExpression(nameof(predicate))] string expression = "")
    {
        Require.NotNull(predicate);
        return new(new TakeWhile<T>(Block, predicate, options.Checked(Means.OnError), expression));
    }

    /// <summary>A transform block that ends the stream at a sentinel: the items before it go on, the sentinel itself does not.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> at the sentinel, which counts as filtered, or with the input.
    /// Upstream is then stopped; what waits in links on the way here is counted as undelivered.</para>
    /// <para><b>Failure:</b> an exception ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out. <b>Cost:</b> fused; one virtual and one
    /// delegate call, 0 bytes.</para>
    /// </remarks>
    /// <param name="sentinel">Whether an item is the sentinel.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sentinel"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> TakeUntil(
        Predicate<T> sentinel, BlockOptions? options = null, [CallerArgumentExpression(nameof(sentinel))] string expression = "")
    {
        Require.NotNull(sentinel);
        return new(new TakeWhile<T>(Block, item => !sentinel(item), options.Checked(Means.OnError), expression));
    }
}

internal sealed class TakeWhile<T>(Blueprint<T> upstream, Func<T, bool> predicate, BlockOptions? options, string name)
    : Blueprint<T>(BlockKind.Transform, name, options)
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next) =>
        upstream.Build(plan, LenientStage<T>.Around(new Stage(plan.Add(this, next.Block), predicate, next)));

    private sealed class Stage(BlockRun block, Func<T, bool> predicate, Stage<T> next) : DelegateStage<T, T>(block, next)
    {
        private bool _ended;

        public override bool Push(T item)
        {
            Enter(item);
            bool goesOn = predicate(item);
            Exit();
            if (goesOn)
            {
                return Next.Push(item);
            }

            Block.Filtered++;
            _ended = true;
            return false;
        }

        public override Readiness Check() => _ended ? Enough : Next.Check();
    }
}
