using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that passes on the items of a type; the others, and nulls, count as filtered.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> with the input. <b>Cost:</b> fused; one virtual call and one type check.</para>
    /// </remarks>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <typeparam name="TResult">The type.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<TResult> OfType<TResult>(BlockOptions? options = null) => new(new OfType<T, TResult>(Block, options.Checked(Means.Name)));

    /// <summary>A transform block that casts each item.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> with the input. <b>Failure:</b> <see cref="InvalidCastException"/> on an item of another type
    /// ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out.
    /// <b>Cost:</b> fused; one virtual and one delegate call.</para>
    /// </remarks>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <typeparam name="TResult">The type.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<TResult> Cast<TResult>(BlockOptions? options = null) =>
        new(new Select<T, TResult>(Block, static item => (TResult)(object?)item!, options.Checked(Means.OnError), $"Cast<{typeof(TResult).Name}>",
            passesItems: true));
}

internal sealed class OfType<T, U>(Blueprint<T> upstream, BlockOptions? options)
    : Blueprint<U>(BlockKind.Transform, $"OfType<{typeof(U).Name}>", options)
{
    public override bool PassesItems => true;

    public override bool IsStateless => true;

    public override void Build(Plan plan, Stage<U> next) =>
        upstream.Build(plan, new Stage(plan.Add(this, next.Block), next));

    private sealed class Stage(BlockRun block, Stage<U> next) : Stage<T, U>(block, next)
    {
        public override bool Push(T item)
        {
            if (item is U wanted)
            {
                return Next.Push(wanted);
            }

            Block.Filtered++;
            return true;
        }
    }
}
