using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>What a blueprint becomes before it runs: blocks, islands and links. The graph is read off it too, so it cannot lie.</summary>
/// <remarks>
/// Built from the consumer upwards on one thread. Blocks and islands are put in front of the lists, so that the lists run
/// downstream in the end.
/// </remarks>
internal sealed class Plan(PipelineRun run)
{
    private Dictionary<Blueprint, object>? _branches;
    private HashSet<Blueprint>? _unfed;
    private List<Island>? _deferred;
    private Topology? _topology;
    private Exposed? _exposed;

    public PipelineRun Run { get; } = run;

    public PipelineOptions Options => Run.Options;

    /// <summary>The parallel section whose blocks are built at this moment; null most of the time.</summary>
    public SectionScope? Section { get; set; }

    public BlockRun? FirstBlock { get; private set; }

    public Island? FirstIsland { get; private set; }

    public int BlockCount { get; private set; }

    /// <summary>What the plan describes. To be asked for when it is complete.</summary>
    public Topology Topology => Volatile.Read(ref _topology) ?? Interlocked.CompareExchange(ref _topology, Topology.Of(this), null) ?? _topology;

    /// <summary>What has to be told how the run ended: channels and readers handed to the outside.</summary>
    public List<IRunEnd>? Ends { get; private set; }

    /// <summary>What must happen before anything runs, and may refuse the run: the claim on a one-shot source.</summary>
    public List<OneShot>? Claims { get; private set; }

    /// <summary>Adds a block in front of the one it feeds.</summary>
    public BlockRun Add(Blueprint blueprint, BlockRun? downstream, bool countsOut = false) =>
        Add(Section?.Create(blueprint, countsOut) ?? new BlockRun(Run, blueprint) { CountsOut = countsOut }, downstream);

    /// <summary>Adds a block in front of the one it feeds, through its output or one of its outputs.</summary>
    public TBlock Add<TBlock>(TBlock block, BlockRun? downstream, IOutlet? outlet = null)
        where TBlock : BlockRun
    {
        if (Section is null || Section.Admits(block))
        {
            downstream?.AddInput(outlet ?? block);
        }

        block.Following = FirstBlock;
        FirstBlock = block;
        BlockCount++;
        return block;
    }

    public void Add(Island island)
    {
        island.Following = FirstIsland;
        FirstIsland = island;
        _deferred?.Add(island);
        island.IsDeferred = _deferred is not null;
    }

    /// <summary>Builds something whose islands are started by another, later, or never.</summary>
    public Deferred Defer(Action build)
    {
        int unfed = _unfed?.Count ?? 0;
        List<Island>? outer = _deferred;
        List<Island> deferred = _deferred = [];
        build();
        _deferred = outer; // which leaves these out: the block that deferred them starts them, and it alone
        return new Deferred(deferred, (_unfed?.Count ?? 0) > unfed);
    }

    /// <summary>What blocks have had made for the run, to be disposed when it ends.</summary>
    public List<IRunOwned>? Owned { get; private set; }

    public void Add(IRunOwned owned) => (Owned ??= []).Add(owned);

    /// <summary>
    /// Keeps what the outside is to have of one run of a block (its writer, its reader, its result), for whoever starts that run. The blueprint must not
    /// keep it: it has many plans.
    /// </summary>
    /// <exception cref="InvalidOperationException">The block is there twice, and the outside has one handle.</exception>
    public void Expose(Blueprint blueprint, object handle)
    {
        if (Handle(blueprint) is not null)
        {
            throw new InvalidOperationException(
                $"The pipeline uses '{blueprint.Name}' twice. It feeds one block: branch with Tee, which gives each its own link.");
        }

        _exposed = new Exposed(blueprint, handle, _exposed);
    }

    /// <summary>What was exposed for a block; null if the block is not part of the plan.</summary>
    public object? Handle(Blueprint blueprint)
    {
        Exposed? exposed = _exposed;
        while (exposed is not null && exposed.Blueprint != blueprint)
        {
            exposed = exposed.Next;
        }

        return exposed?.Handle;
    }

    public void Add(IRunEnd end) => (Ends ??= []).Add(end);

    public void AddClaim(OneShot claim) => (Claims ??= []).Add(claim);

    /// <summary>Makes the bounded link in front of a block.</summary>
    /// <param name="block">Whose input it is.</param>
    /// <param name="atLeast">How many items the block wants to hold, if its options do not say.</param>
    /// <param name="capacity">What the block in front of it has said.</param>
    /// <param name="key">If given, the link is closed with it alone, and by no block.</param>
    public Ring<T> Link<T>(BlockRun block, int atLeast = 1, int? capacity = null, object? key = null)
    {
        var link = new Ring<T>(capacity ?? block.Blueprint.Options.Capacity ?? Math.Max(Options.Capacity, atLeast), key: key);
        block.Link = link;
        return link;
    }

    /// <summary>Notes where a branch begins, so that the block which branches finds its stage again.</summary>
    public void Bind<T>(Blueprint head, Stage<T> stage)
    {
        if (!(_branches ??= []).TryAdd(head, stage))
        {
            var other = (Stage<T>)_branches[head];
            throw new InvalidOperationException(
                $"The branch '{head.Name}' uses its input twice, for '{stage.Block.Blueprint.Name}' and for '{other.Block.Blueprint.Name}'. " +
                "An input feeds one block: branch again with Tee, which gives each its own link.");
        }

        (_unfed ??= []).Add(head);
    }

    /// <summary>The stage that a branch begins with, for the block that feeds it; null if nothing was built on the branch's input.</summary>
    public object? Bound(Blueprint head)
    {
        _unfed?.Remove(head);
        return _branches?.GetValueOrDefault(head);
    }

    /// <summary>A branch whose input was used outside of the branch has nothing that feeds it, and would end as if there were no items.</summary>
    public void RefuseUnfedBranches()
    {
        if (_unfed is { Count: > 0 })
        {
            throw new InvalidOperationException(
                $"The input of the branch '{_unfed.First().Name}' is used outside of it. It has items only in the pipeline that the branch belongs to.");
        }
    }
}

/// <summary>A row of what a plan exposes. A plan has one or two.</summary>
internal sealed record Exposed(Blueprint Blueprint, object Handle, Exposed? Next);

/// <summary>Islands that are started later, or never.</summary>
/// <param name="Islands">The islands.</param>
/// <param name="IsFed">Whether they begin with a branch's input, so that items may come, or be on their way, before they are started.</param>
internal sealed record Deferred(List<Island> Islands, bool IsFed);

/// <summary>Something outside that must hear how a run ended, its exception too.</summary>
internal interface IRunEnd
{
    /// <summary>The name of the block that it belongs to.</summary>
    string Name { get; }

    /// <summary>Runs once, after everything has stopped. Null: the stream is complete. What it throws fails the run.</summary>
    void End(Exception? error);
}
