using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A block that yields the items of several pipelines as they come.</summary>
    /// <remarks>
    /// <para><b>Order:</b> each input's own order is kept; between inputs there is none, but each gets its turn. <b>Backpressure:</b> a bounded link
    /// in front of each input. <b>Completion:</b> when <i>all</i> inputs have ended. <b>Failure:</b> of any input fails the run.</para>
    /// <para><b>Cost:</b> a link an input; an idle input costs nothing.</para>
    /// </remarks>
    /// <param name="inputs">The pipelines, which run concurrently. With none the stream is empty.</param>
    /// <typeparam name="T">What they yield.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException">One of <paramref name="inputs"/> is null.</exception>
    public static Pipeline<T> Merge<T>(params ReadOnlySpan<Pipeline<T>> inputs) => new(new Merge<T>(Require.AllNotNull(inputs)));
}

public sealed partial class Pipeline<T>
{
    /// <summary>A block that yields the items of this pipeline and of others as they come: <see cref="Pipeline.Merge"/> with this one as the first.</summary>
    /// <remarks><b>Order, Backpressure, Completion, Failure, Cost:</b> as <see cref="Pipeline.Merge"/>.</remarks>
    /// <param name="others">The other pipelines.</param>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException">One of <paramref name="others"/> is null.</exception>
    public Pipeline<T> Merge(params ReadOnlySpan<Pipeline<T>> others) => new(new Merge<T>([Block, .. Require.AllNotNull(others)]));
}

internal sealed class Merge<T>(Blueprint<T>[] inputs) : Blueprint<T>(BlockKind.Transform, "Merge")
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        var block = plan.Add(new MergeBlockRun(plan.Run, this), next.Block);
        Ring<T>[] links = MergeIsland<T>.Add(plan, block, inputs.Length, next);
        for (int i = inputs.Length - 1; i >= 0; i--)
        {
            inputs[i].Build(plan, new LinkWriter<T>(block, links[i]));
        }
    }
}
