using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that gives the items which satisfy a condition to a branch; the others go on down the main line.</summary>
    /// <remarks>
    /// <para>Several in a row are rails: the first match wins, the rest flows on. No item is without a way, so none blocks the source.</para>
    /// <para><b>Order:</b> kept in both. <b>Backpressure:</b> the branch has a bounded link of its own; when it is full the main line waits.</para>
    /// <para><b>Completion:</b> the run is complete when the main line and the branch are. When one has ended early (<c>Take</c>), items for it
    /// are counted as undelivered. <b>Failure:</b> of either fails the run; an exception of the condition does, or, by <see cref="BlockOptions.OnError"/>,
    /// leaves the item out. <b>Cost:</b> fused; a link write for an item that matches.</para>
    /// </remarks>
    /// <param name="predicate">Whether an item goes to the branch.</param>
    /// <param name="branch">Closes the branch: gets its input and returns it with blocks and a consumer.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> or <paramref name="branch"/> is null.</exception>
    /// <exception cref="ArgumentException">The branch does not begin with its argument, or a setting means nothing for this block.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="branch"/> returned null.</exception>
    public Pipeline<T> When(
        Func<T, bool> predicate,
        Func<Pipeline<T>, Pipeline> branch,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string expression = "")
    {
        Require.NotNull(predicate);
        options = options.Checked(Means.OnError);
        return new(new When<T>(Block, predicate, new Branch<T>(Require.NotNull(branch), options?.Name ?? expression), options, expression));
    }
}

internal sealed class When<T>(Blueprint<T> upstream, Func<T, bool> predicate, Branch<T> branch, BlockOptions? options, string name)
    : Blueprint<T>(BlockKind.Transform, name, options)
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        var block = new ForkBlockRun(plan.Run, this);
        LinkWriter<T> toBranch = branch.Build(plan, block);
        plan.Add(block, next.Block, block.Main);
        upstream.Build(plan, LenientStage<T>.Around(new Stage(block, predicate, toBranch, next)));
    }

    private sealed class Stage : ForkStage<T>, ICallsDelegate
    {
        private readonly Func<T, bool> _predicate;
        private T _item = default!;

        public Stage(ForkBlockRun block, Func<T, bool> predicate, LinkWriter<T> branch, Stage<T> next)
            : base(block, branch, next)
        {
            _predicate = predicate;
            block.Caller = this;
        }

        public bool IsInside { get; private set; }

        public object? Item => _item;

        public void Leave()
        {
            IsInside = false;
            _item = default!;
        }

        public override bool Push(T item)
        {
            _item = item;
            IsInside = true;
            bool matches = _predicate(item);
            Leave();
            if (matches ? Branch.Check() == Readiness.Finished : IsMainFinished)
            {
                Block.UndeliverNow(item);
                return false; // the other may have ended too: somebody must look
            }

            return matches ? Branch.Push(item) : PushMain(item);
        }
    }
}
