using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that passes on the items of a type; the others, and nulls, count as filtered.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> with the input. <b>Cost:</b> fused; one virtual call and one type check.</para>
    /// </remarks>
    /// <typeparam name="U">The type.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    public Pipeline<U> OfType<U>() => new(new OfType<T, U>(Block));

    /// <summary>A transform block that casts each item.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Completion:</b> with the input. <b>Failure:</b> <see cref="InvalidCastException"/> on an item of another type
    /// fails the run. <b>Cost:</b> fused; one virtual and one delegate call.</para>
    /// </remarks>
    /// <typeparam name="U">The type.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    public Pipeline<U> Cast<U>() => new(new Select<T, U>(Block, static item => (U)(object?)item!, $"Cast<{typeof(U).Name}>"));
}

internal sealed class OfType<T, U>(Blueprint<T> upstream) : Blueprint<U>(BlockKind.Transform, $"OfType<{typeof(U).Name}>")
{
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
