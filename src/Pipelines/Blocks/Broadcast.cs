using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Gives every item to each of several branches, which run concurrently; <see cref="BroadcastPipeline{TResult}.Merge"/> or <see
    /// cref="BroadcastPipeline{TResult}.Zip"/> brings what they put out back into one line.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept in each branch. <b>Backpressure:</b> each branch has a bounded link of its own; when one is full the others wait for it, and
    /// nothing is lost. <b>Completion:</b> a branch ends with the input. One that ends early (<c>Take</c>) gets no more items and holds nobody back.
    /// <b>Failure:</b> of any branch fails the run. <b>Cost:</b> one link write a branch for each run of items that is at hand.</para>
    /// <para>Items are in several hands at once.</para>
    /// </remarks>
    /// <param name="branches">Each gets its input and returns it with blocks behind it. Called once each, here.</param>
    /// <typeparam name="TResult">What the branches put out.</typeparam>
    /// <returns>The branches, to be brought back together.</returns>
    /// <exception cref="ArgumentNullException">One of the branches is null.</exception>
    /// <exception cref="ArgumentException">There is no branch, or one does not begin with its argument.</exception>
    /// <exception cref="InvalidOperationException">A branch returned null.</exception>
    public BroadcastPipeline<TResult> Broadcast<TResult>(params ReadOnlySpan<Func<Pipeline<T>, Pipeline<TResult>>> branches)
    {
        var heads = new BranchHead<T>[branches.Length];
        var outputs = new Blueprint<TResult>[branches.Length];
        for (int i = 0; i < branches.Length; i++)
        {
            heads[i] = new BranchHead<T>($"branch {i + 1}");
            Func<Pipeline<T>, Pipeline<TResult>> branch = branches[i] ?? throw new ArgumentNullException(nameof(branches), "One of the branches is null.");
            outputs[i] = Returned.NotNull(branch(new Pipeline<T>(heads[i])), heads[i].Name, "a pipeline").Block;
        }

        if (branches.IsEmpty)
        {
            throw new ArgumentException("Items are given to branches; there must be 1 or more.", nameof(branches));
        }

        Blueprint<T> upstream = Block;
        Rehearsal.Of(plan =>
        {
            for (int i = 0; i < heads.Length; i++)
            {
                Rehearsal.Build(plan, outputs[i]);
                if (plan.Bound(heads[i]) is null)
                {
                    throw new ArgumentException("Each branch must begin with its argument; one has a source of its own.", nameof(branches));
                }
            }
        });
        return new BroadcastPipeline<TResult>(outputs, (plan, fork, outputOf) => Build(upstream, heads, plan, fork, outputOf));
    }

    // From downstream to upstream: the branches, from the last to the first, and what feeds them.
    private static void Build<TResult>(
        Blueprint<T> upstream, BranchHead<T>[] heads, Plan plan, Blueprint fork, Func<int, BroadcastOutput<TResult>> outputOf)
    {
        var block = new BlockRun(plan.Run, fork);
        var writers = new LinkWriter<T>[heads.Length];
        for (int i = heads.Length - 1; i >= 0; i--)
        {
            outputOf(i).Build(plan);
            writers[i] = BranchOutlet.Connect(plan, block, (Stage<T>)plan.Bound(heads[i])!);
        }

        plan.Add(block, downstream: null);
        upstream.Build(plan, new BroadcastStage<T>(block, writers));
    }
}

/// <summary>Branches that each get every item, to be brought back into one line.</summary>
/// <typeparam name="TResult">What the branches put out.</typeparam>
public sealed class BroadcastPipeline<TResult>
{
    private readonly Blueprint<TResult>[] _outputs;
    private readonly Action<Plan, Blueprint, Func<int, BroadcastOutput<TResult>>> _build;

    internal BroadcastPipeline(Blueprint<TResult>[] outputs, Action<Plan, Blueprint, Func<int, BroadcastOutput<TResult>>> build) =>
        (_outputs, _build) = (outputs, build);

    /// <summary>A block that yields what all branches put out, as it comes.</summary>
    /// <remarks><b>Order:</b> each branch's own is kept, and between branches there is none; each gets its turn. <b>Backpressure:</b> a bounded link in front
    /// of each input. It never waits for one branch while another has something, so no capacity can make the branches wait for each other in a circle.
    /// <b>Completion:</b> when all branches have ended. <b>Failure:</b> of any branch fails the run. <b>Cost:</b> a link a branch.</remarks>
    /// <returns>An open pipeline.</returns>
    public Pipeline<TResult> Merge() => new(new BroadcastMerge<TResult>(_outputs, _build));

    /// <summary>A block that yields an array for each item: what each branch has made of it, in the order of the branches.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> a bounded link in front of each input. Branches are held in step by it, so each must put out one item for
    /// each that it gets: <c>Select</c>, <c>SelectAsync</c>, <c>Do</c>, <c>Scan</c>, <c>Cast</c>, <c>Buffer</c>. What changes the number of items or their
    /// order, or leaves failed ones out, is refused by name: a branch that has put out less would have the others wait for ever.</para>
    /// <para><b>Completion:</b> with the branches. <b>Failure:</b> of any branch fails the run. <b>Cost:</b> a link a branch, an array an item.</para>
    /// </remarks>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentException">A block of a branch may put out more or less than it gets, or in another order.</exception>
    public Pipeline<TResult[]> Zip()
    {
        var zip = new BroadcastZip<TResult>(_outputs, _build);
        Rehearsal.Of(plan =>
        {
            foreach (Blueprint<TResult> output in _outputs)
            {
                Rehearsal.Build(plan, output);
            }

            for (BlockRun? block = plan.FirstBlock; block is not null; block = block.Following)
            {
                BroadcastZip<TResult>.Check(block.Blueprint);
            }
        });
        return new(zip);
    }
}

/// <summary>A branch's output and the link that it is written to.</summary>
internal readonly record struct BroadcastOutput<T>(Blueprint<T> Branch, BlockRun Into, Ring<T> Link)
{
    public void Build(Plan plan) => Branch.Build(plan, new LinkWriter<T>(Into, Link));
}

/// <summary>The block that gives each item to several.</summary>
internal sealed class BroadcastFork() : Blueprint(BlockKind.Transform, "Broadcast")
{
    public override bool SharesItems => true;

    public override bool PassesItems => true;
}

internal sealed class BroadcastMerge<T>(Blueprint<T>[] outputs, Action<Plan, Blueprint, Func<int, BroadcastOutput<T>>> build)
    : Blueprint<T>(BlockKind.Transform, "Merge")
{
    private readonly BroadcastFork _fork = new();

    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        var merge = plan.Add(new MergeBlockRun(plan.Run, this), next.Block);
        Ring<T>[] links = MergeIsland<T>.Add(plan, merge, outputs.Length, next);
        build(plan, _fork, i => new BroadcastOutput<T>(outputs[i], merge, links[i]));
    }
}

internal sealed class BroadcastZip<T>(Blueprint<T>[] outputs, Action<Plan, Blueprint, Func<int, BroadcastOutput<T>>> build)
    : Blueprint<T[]>(BlockKind.Transform, "Zip")
{
    private readonly BroadcastFork _fork = new();

    public override bool MakesContainers => true;

    public override bool CountsApart => true;

    /// <exception cref="ArgumentException">The block may put out more or less than it gets, or in another order.</exception>
    public static void Check(Blueprint blueprint)
    {
        string? why = !blueprint.IsOneForOne ? "may put out more or fewer items than it gets"
            : blueprint.Options is { MostWorkers: > 1, Ordered: false } ? "puts out items in another order, with Ordered = false"
            : blueprint.Options.OnError is { Stops: false } ? "leaves failed items out, by its OnError"
            : null;
        if (why is not null)
        {
            throw new ArgumentException($"The block '{blueprint.Name}' {why}, and branches that are zipped are held in step: the others would wait for it. " +
                "Merge the branches, or put it behind the Zip.");
        }
    }

    public override void Build(Plan plan, Stage<T[]> next)
    {
        if (!plan.Options.OnError.Stops)
        {
            throw new InvalidOperationException("OnError of the run leaves failed items out, and branches that are zipped are held in step: the others would " +
                "wait for it. Set it on the blocks in front of Broadcast or behind Zip instead.");
        }

        var zip = plan.Add(new MergeBlockRun(plan.Run, this) { CountsOut = true }, next.Block);
        var links = new Ring<T>[outputs.Length];
        for (int i = 0; i < links.Length; i++)
        {
            links[i] = plan.Link<T>(zip);
        }

        zip.Links = links;
        var island = new ZippingIsland(zip, links, next);
        Array.ForEach(links, link => link.Reader = island);
        next.Attach(island);
        plan.Add(island);
        build(plan, _fork, i => new BroadcastOutput<T>(outputs[i], zip, links[i]));
    }

    private sealed class ZippingIsland(BlockRun head, Ring<T>[] links, Stage<T[]> chain) : ChainIsland<T[]>(head, chain)
    {
        protected override bool IsStarved => !HasAll && !Array.Exists(links, static link => link.IsDrained);

        private bool HasAll => Array.TrueForAll(links, static link => link.HasItems);

        protected override Wait Feed()
        {
            for (int turn = TurnLength; HasAll; turn--)
            {
                if (turn == 0)
                {
                    return Wait.Turn;
                }

                var all = new T[links.Length];
                for (int i = 0; i < all.Length; i++)
                {
                    links[i].TryRead(out all[i]!);
                }

                Head.Counted++;
                if (!Chain.Push(all) || Run.IsAborting)
                {
                    return Wait.Room;
                }
            }

            return Array.Exists(links, static link => link.IsDrained) ? Wait.None : Wait.Input;
        }

        protected override Wait Leave()
        {
            Array.ForEach(links, static link => link.LeaveReader());
            return Wait.None;
        }

        public override void Abandon()
        {
            foreach (Ring<T> link in links)
            {
                Head.AbandonLink(link);
            }

            Chain.Abandon();
        }
    }
}
