using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The input of a branch, as the function that builds the branch sees it. It has no block of its own: the block that branches feeds it.</summary>
internal sealed class BranchHead<T>(string name) : Blueprint<T>(BlockKind.Transform, name)
{
    public override bool IsOneForOne => true;

    public override void Build(Plan plan, Stage<T> next) => plan.Bind(this, next);
}

/// <summary>A branch, built by a user's function and checked at that call.</summary>
internal sealed class Branch<T>
{
    private readonly BranchHead<T> _head;
    private readonly Pipeline _pipeline;

    public Branch(Func<Pipeline<T>, Pipeline> branch, string name)
    {
        _head = new BranchHead<T>(name);
        _pipeline = Returned.NotNull(branch(new Pipeline<T>(_head)), name, "a pipeline");

        bool begins = false;
        Rehearsal.Of(plan =>
        {
            _pipeline.Consumer.Build(plan);
            begins = plan.Bound(_head) is not null;
        });
        if (!begins)
        {
            throw new ArgumentException(
                "The branch function must return a pipeline that begins with its argument; this one has a source of its own.", nameof(branch));
        }
    }

    /// <summary>Builds the branch; <paramref name="from"/> feeds it through the returned stage, over a link of the branch's own.</summary>
    public LinkWriter<T> Build(Plan plan, BlockRun from)
    {
        plan.Section?.Admits(from);
        _pipeline.Consumer.Build(plan);
        return BranchOutlet.Connect(plan, from, (Stage<T>)plan.Bound(_head)!);
    }
}

/// <summary>One output of a block that has several: what was written to its link.</summary>
internal sealed class BranchOutlet(BlockRun source, Queue link) : IOutlet
{
    public long PassedOf(long sourcesOut) => link.Written;

    public Queue Link => link;

    public BlockRun Source => source;

    /// <summary>Puts a link between a block and a stage of another block, and returns the stage that writes to it.</summary>
    public static LinkWriter<T> Connect<T>(Plan plan, BlockRun from, Stage<T> to)
    {
        Ring<T> link = LinkIsland<T>.InFrontOf(plan, to);
        to.Block.AddInput(new BranchOutlet(from, link));
        return new LinkWriter<T>(to.Block, link);
    }
}
