using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that leaves items out as long as they satisfy a condition, and passes on the first that does not and all behind it.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> with the input. What is left out counts as filtered.</para>
    /// <para><b>Failure:</b> an exception ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out. <b>Cost:</b> fused; one virtual call, 0
    /// bytes.</para>
    /// </remarks>
    /// <param name="predicate">Whether to go on leaving out. Not asked again after its first false.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<T> SkipWhile(
        Func<T, bool> predicate, BlockOptions? options = null, [CallerArgumentExpression(nameof(predicate))] string expression = "") =>
        new(new SkipWhile<T>(Block, Require.NotNull(predicate), options.Checked(Means.OnError), expression));
}

internal sealed class SkipWhile<T>(Blueprint<T> upstream, Func<T, bool> predicate, BlockOptions? options, string name)
    : Blueprint<T>(BlockKind.Transform, name, options)
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next) =>
        upstream.Build(plan, LenientStage<T>.Around(new Stage(plan.Add(this, next.Block), predicate, next)));

    private sealed class Stage(BlockRun block, Func<T, bool> predicate, Stage<T> next) : DelegateStage<T, T>(block, next)
    {
        private bool _passing;

        public override bool Push(T item)
        {
            if (_passing)
            {
                return Next.Push(item);
            }

            Enter(item);
            _passing = !predicate(item);
            Exit();
            if (_passing)
            {
                return Next.Push(item);
            }

            Block.Filtered++;
            return true;
        }
    }
}
