namespace Pipelines.Execution;

/// <summary>What a plan asks while the blocks of a parallel section are built into it.</summary>
/// <remarks>A section is built once when the run is planned, for its blocks to be seen (<see cref="SectionDraft"/>), and once more for each worker, with
/// blocks that are copies of those (<see cref="SectionCopies"/>).</remarks>
internal abstract class SectionScope
{
    /// <summary>The worker whose copy is built.</summary>
    public abstract ISectionWorker Worker { get; }

    /// <summary>Makes the run's block for a blueprint.</summary>
    public abstract BlockRun Create(Blueprint blueprint, bool countsOut);

    /// <summary>Whether a block is connected with what it feeds. Throws if it cannot stand in a section.</summary>
    public abstract bool Admits(BlockRun block);
}

/// <summary>The blocks of a section as the run, its graph and its reports see them.</summary>
/// <param name="run">The run.</param>
/// <param name="options">The section's.</param>
internal sealed class SectionDraft(PipelineRun run, BlockOptions options) : SectionScope, ISectionWorker
{
    private readonly List<SectionBlock> _blocks = [];

    /// <summary>From downstream to upstream.</summary>
    public IReadOnlyList<SectionBlock> Blocks => _blocks;

    /// <summary>The token of asynchronous sequences, if there are any.</summary>
    public WantedToken? Wanted { get; private set; }

    public override ISectionWorker Worker => this;

    public CancellationToken Token => (Wanted ??= new WantedToken(run, run.AbortToken)).Token;

    public override BlockRun Create(Blueprint blueprint, bool countsOut)
    {
        SectionRefusal.Check(blueprint);
        var block = new SectionBlock(run, blueprint, options) { CountsOut = countsOut };
        _blocks.Add(block);
        return block;
    }

    public override bool Admits(BlockRun block)
    {
        SectionRefusal.Check(block.Blueprint);
        return true;
    }

    public void Failed(FailedItem failure) => throw new UnreachableException();

    public bool TryPutOff(FailedItem item) => throw new UnreachableException();

    public void Broke(BlockRun block, Exception error) => throw new UnreachableException();

    public void Await(ISectionCall call) => throw new UnreachableException();

    public void LetterWaits() => throw new UnreachableException();

    public void LetterIsTold() => throw new UnreachableException();

    public WorkerScope ScopeOf(BlockRun block) => throw new UnreachableException();
}

/// <summary>One worker's copy of them.</summary>
/// <param name="blocks">What they are copies of, in the order in which they are built.</param>
/// <param name="worker">The worker.</param>
internal sealed class SectionCopies(IReadOnlyList<SectionBlock> blocks, ISectionWorker worker) : SectionScope
{
    private readonly List<SectionCopy> _copies = [];

    /// <summary>From downstream to upstream.</summary>
    public IReadOnlyList<SectionCopy> Blocks => _copies;

    public override ISectionWorker Worker => worker;

    public override BlockRun Create(Blueprint blueprint, bool countsOut)
    {
        SectionBlock main = blocks[_copies.Count];
        Debug.Assert(main.Blueprint == blueprint, "A section was built in another order than before.");
        var copy = new SectionCopy(main, worker) { CountsOut = countsOut };
        main.Add(copy);
        _copies.Add(copy);
        return copy;
    }

    public override bool Admits(BlockRun block) => false;
}
