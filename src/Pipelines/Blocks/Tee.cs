using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that gives every item to a branch and passes it on down the main line too.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept in both. <b>Backpressure:</b> the branch has a bounded link of its own; when it is full the main line waits, so
    /// that nothing is lost. A branch that may lose items says so at its head: <c>p => p.Buffer(n, BoundedChannelFullMode.DropOldest)…</c>.</para>
    /// <para><b>Completion:</b> the run is complete when the main line and the branch are. A branch, or a main line, that ends early (<c>Take</c>)
    /// gets no more items and holds nobody back. <b>Failure:</b> of either fails the run. <b>Cost:</b> one link write an item.</para>
    /// </remarks>
    /// <param name="branch">Closes the branch: gets its input and returns it with blocks and a consumer.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="branch"/> is null.</exception>
    /// <exception cref="ArgumentException">The branch does not begin with its argument, or a setting means nothing for this block.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="branch"/> returned null.</exception>
    public Pipeline<T> Tee(
        Func<Pipeline<T>, Pipeline> branch, BlockOptions? options = null, [CallerArgumentExpression(nameof(branch))] string expression = "") =>
        new(new Tee<T>(Block, new Branch<T>(Require.NotNull(branch), options?.Name ?? expression), options.Checked(Means.Name)));
}

internal sealed class Tee<T>(Blueprint<T> upstream, Branch<T> branch, BlockOptions? options) : Blueprint<T>(BlockKind.Transform, "Tee", options)
{
    public override bool SharesItems => true;

    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        var block = new ForkBlockRun(plan.Run, this);
        LinkWriter<T> toBranch = branch.Build(plan, block);
        plan.Add(block, next.Block, block.Main);
        upstream.Build(plan, new Stage(block, toBranch, next));
    }

    private sealed class Stage(ForkBlockRun block, LinkWriter<T> branch, Stage<T> next) : ForkStage<T>(block, branch, next)
    {
        private readonly ForkBlockRun _block = block;

        public override bool WantsRuns => true;

        // One by one behind the end of either line.
        public override int Sure => IsMainFinished || Branch.Check() != Readiness.Ready ? 1 : Math.Min(Branch.Sure, Next.Sure);

        // To the branch first, whose reader begins while the main line works.
        public override bool PushRun(ReadOnlySpan<T> items)
        {
            if (items.Length == 1)
            {
                return Push(items[0]);
            }

            bool ready = Branch.PushRun(items);
            _block.ToMain += items.Length;
            return Next.PushRun(items) & ready;
        }

        public override bool Push(T item)
        {
            bool ready = IsMainFinished || PushMain(item);
            return (Branch.Check() == Readiness.Finished ? !IsMainFinished : Branch.Push(item)) & ready;
        }
    }
}
