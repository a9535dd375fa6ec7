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
    /// <typeparam name="A">What the first yields.</typeparam>
    /// <typeparam name="B">What the second yields.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="first"/> or <paramref name="second"/> is null.</exception>
    public static Pipeline<(A First, B Second)> Zip<A, B>(Pipeline<A> first, Pipeline<B> second) =>
        new(new Zip<A, B>(Require.NotNull(first).Block, Require.NotNull(second).Block));
}

internal sealed class Zip<A, B>(Blueprint<A> first, Blueprint<B> second) : Blueprint<(A First, B Second)>(BlockKind.Transform, "Zip")
{
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
