namespace Pipelines.Execution;

/// <summary>A stage with two outputs: the main line in its own island, and a branch over a link.</summary>
/// <remarks>It is full when either is full, and finished when both are: the slower one holds the faster one back, an ended one nobody.</remarks>
internal abstract class ForkStage<T>(ForkBlockRun block, LinkWriter<T> branch, Stage<T> next) : Stage<T, T>(block, next)
{
    protected LinkWriter<T> Branch { get; } = branch;

    protected bool IsMainFinished { get; private set; }

    // Its flush may fill its link: then the line is full, and goes on when there is room.
    private bool _isMainComplete;
    private MainLine? _main;

    protected bool PushMain(T item)
    {
        block.ToMain++;
        return Next.Push(item);
    }

    public override Readiness Check()
    {
        Readiness main = IsMainFinished ? Readiness.Finished : Next.Check();
        if (main == Readiness.Finished && !_isMainComplete)
        {
            // Its blocks need not wait for the branch to learn that this was all.
            MainHasFinished();
            _isMainComplete = Next.Complete();
            main = _isMainComplete ? Readiness.Finished : Readiness.Full;
        }

        Readiness side = Branch.Check();
        return main == Readiness.Full || side == Readiness.Full ? Readiness.Full
            : main == Readiness.Finished && side == Readiness.Finished ? Readiness.Finished
            : Readiness.Ready;
    }

    public override bool Resume() => IsMainFinished || Next.Resume();

    public override bool Complete()
    {
        Branch.Complete();
        MainHasFinished();
        return _isMainComplete = _isMainComplete || Next.Complete();
    }

    public override bool CompleteBehind(BlockRun failed)
    {
        Branch.Complete();
        return base.CompleteBehind(failed);
    }

    // If the branch has too, the island need not wait for its input to find out.
    private void MainHasFinished()
    {
        IsMainFinished = true;
        _main!.End();
    }

    public override void Attach(Island island)
    {
        Branch.Attach(island);
        IOutlets outlets = island.Outlets;
        outlets.AddOutlet();
        island.Outlets = _main = new MainLine(outlets);
        base.Attach(island);
        island.Outlets = outlets;
    }
}

/// <summary>The counts of a block with two outputs.</summary>
internal sealed class ForkBlockRun : BlockRun
{
    public ForkBlockRun(PipelineRun run, Blueprint blueprint)
        : base(run, blueprint) => Main = new MainOutlet(this);

    /// <summary>What went on down the main line.</summary>
    public long ToMain;

    public IOutlet Main { get; }

    private sealed class MainOutlet(ForkBlockRun block) : IOutlet
    {
        public long PassedOf(long sourcesOut) => block.ToMain;

        public BlockRun Source => block;
    }
}
