using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A block that yields pairs: the first item of each input, then the second of each, and so on.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> a bounded link in front of each input. <b>Completion:</b> with the shorter input; what
    /// the longer one has already put into its link counts as undelivered, and its producers are stopped.</para>
    /// <para><b>Failure:</b> of either input fails the run. <b>Cost:</b> two links. <c>In</c> counts items of both inputs, <c>Out</c> pairs.</para>
    /// </remarks>
    /// <param name="first">The first input.</param>
    /// <param name="second">The second input, which runs concurrently.</param>
    /// <typeparam name="TFirst">What the first yields.</typeparam>
    /// <typeparam name="TSecond">What the second yields.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="first"/> or <paramref name="second"/> is null.</exception>
    public static Pipeline<(TFirst First, TSecond Second)> Zip<TFirst, TSecond>(Pipeline<TFirst> first, Pipeline<TSecond> second) =>
        new(new Zip<TFirst, TSecond>(Require.NotNull(first).Block, Require.NotNull(second).Block));
}

public static partial class PipelineOperators
{
    /// <summary>A block that yields pairs: each item of this pipeline with one of another. It is <see cref="Pipeline.Zip"/> with this one as the
    /// first.</summary>
    /// <remarks><b>Order, Backpressure, Completion, Failure, Cost:</b> as <see cref="Pipeline.Zip"/>.</remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="other">The other pipeline, which runs concurrently.</param>
    /// <typeparam name="T">What the pipeline yields.</typeparam>
    /// <typeparam name="TSecond">What the other yields.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pipeline"/> or <paramref name="other"/> is null.</exception>
    public static Pipeline<(T First, TSecond Second)> Zip<T, TSecond>(this Pipeline<T> pipeline, Pipeline<TSecond> other) =>
        Pipeline.Zip(Require.NotNull(pipeline), Require.NotNull(other));
}

internal sealed class Zip<A, B>(Blueprint<A> first, Blueprint<B> second) : Blueprint<(A First, B Second)>(BlockKind.Transform, "Zip")
{
    public override bool MakesContainers => true;

    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<(A First, B Second)> next)
    {
        var block = plan.Add(new MergeBlockRun(plan.Run, this) { CountsOut = true }, next.Block);
        Ring<A> left = plan.Link<A>(block);
        Ring<B> right = plan.Link<B>(block);
        block.Links = [left, right];
        var island = new ZippingIsland(block, left, right, next);
        left.Reader = right.Reader = island;
        next.Attach(island);
        plan.Add(island);
        second.Build(plan, new LinkWriter<B>(block, right));
        first.Build(plan, new LinkWriter<A>(block, left));
    }

    private sealed class ZippingIsland(BlockRun head, Ring<A> left, Ring<B> right, Stage<(A First, B Second)> chain)
        : ChainIsland<(A First, B Second)>(head, chain)
    {
        protected override bool IsStarved => !(left.HasItems && right.HasItems) && !left.IsDrained && !right.IsDrained;

        protected override Wait Feed()
        {
            for (int turn = TurnLength; left.HasItems && right.HasItems; turn--)
            {
                if (turn == 0)
                {
                    return Wait.Turn;
                }

                left.TryRead(out A? a);
                right.TryRead(out B? b);
                Head.Counted++;
                if (!Chain.Push((a!, b!)) || Run.IsAborting)
                {
                    return Wait.Room;
                }
            }

            return left.IsDrained || right.IsDrained ? Wait.None : Wait.Input;
        }

        protected override Wait Leave()
        {
            left.LeaveReader();
            right.LeaveReader();
            return Wait.None;
        }

        public override void Abandon()
        {
            Head.AbandonLink(left);
            Head.AbandonLink(right);
            Chain.Abandon();
        }
    }
}
