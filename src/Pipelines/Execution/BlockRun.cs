using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>One block in one run: its counts, and what happens to an item that fails or is left over.</summary>
/// <remarks>
/// Counts cost nothing where they follow from others. What goes in is what came out upstream; a block that passes one item
/// on for each that it takes (<c>Select</c>) counts only the exceptions, and its output is the difference. Blocks that change the
/// number of items, and the two ends, count for themselves, so that the sums of a whole pipeline are checked and not
/// merely defined. Each count is written by the one thread that runs the block's island at that time.
/// </remarks>
internal partial class BlockRun(PipelineRun run, Blueprint blueprint) : IOutlet
{
    private Outlets _inputs;
    private Rare? _rare;

    public PipelineRun Run { get; } = run;

    public Blueprint Blueprint { get; } = blueprint;

    /// <summary>The block that stands for this one to the outside: itself, unless it is one of several copies.</summary>
    public virtual BlockRun Original => this;

    /// <summary>How many items it may work on at once, at most.</summary>
    public virtual int Parallelism => Blueprint.Options.MostWorkers;

    /// <summary>Which threads its workers execute on.</summary>
    public virtual WorkerThreads Threads => Blueprint.Options.Threads;

    /// <summary>Whether its output order is its input order.</summary>
    public virtual bool IsOrdered => Blueprint.Options.Ordered;

    /// <summary>What happens to an item that fails: as the block's options say, or else the run's.</summary>
    public ErrorPolicy OnError => Blueprint.Options.OnError ?? Run.Options.OnError;

    /// <summary>Its place in the plan's <see cref="Topology"/>, from upstream to downstream.</summary>
    public int Index { get; set; }

    /// <summary>The next block of the run, from upstream to downstream.</summary>
    public BlockRun? Following { get; set; }

    /// <summary>The next block of the same island.</summary>
    public BlockRun? FollowingInIsland { get; set; }

    public Island? Island { get; set; }

    /// <summary>The stage of this block that calls user code without a guard of its own.</summary>
    public ICallsDelegate? Caller { get; set; }

    /// <summary>Whether user code of this block executes that needs no guard, since it throws into the block's own hands: for those who ask what holds a run
    /// up.</summary>
    public bool IsInCode { get; set; }

    /// <summary>The link in front of this block, which is this block's to empty.</summary>
    public Queue? Link
    {
        get => _rare?.Link;
        set => Rarely.Link = value;
    }

    /// <summary>The link between an input and this block; null if they run as one loop.</summary>
    public virtual Queue? LinkFrom(IOutlet input) => Link;

    /// <summary>How many items this block can hold besides those in its link: a pool's or a batch's.</summary>
    public long Holds
    {
        get => _rare?.Holds ?? 0;
        set => Rarely.Holds = value;
    }

    /// <summary>Tells of workers that are elsewhere; null if there are none.</summary>
    public Func<WorkerReport[]>? WorkersElsewhere
    {
        get => Volatile.Read(ref _rare)?.WorkersElsewhere;
        set => Rarely.WorkersElsewhere = value;
    }

    /// <summary>How many items this block can hold is not known before the run.</summary>
    public bool HoldsUnknown
    {
        get => _rare is { HoldsUnknown: true };
        set => Rarely.HoldsUnknown = value;
    }

    /// <summary>Whether <see cref="Counted"/> is the output, instead of the difference.</summary>
    public bool CountsOut { get; init; }

    public long Counted;
    public long Filtered;

    /// <summary>All that it has filtered.</summary>
    public virtual long FilteredInAll => Volatile.Read(ref Filtered);

    /// <summary>To be counted up; whoever only reads asks for <see cref="Lost"/>.</summary>
    public ref long Failed => ref Rarely.Failed;

    /// <inheritdoc cref="Failed"/>
    public ref long Dropped => ref Rarely.Dropped;

    /// <inheritdoc cref="Failed"/>
    public ref long Undelivered => ref Rarely.Undelivered;

    /// <summary>What has gone neither on nor by the way.</summary>
    public (long Failed, long Dropped, long Undelivered) Lost => Volatile.Read(ref _rare) is { } rare ? (rare.Failed, rare.Dropped, rare.Undelivered) : default;

    /// <summary>Items taken in that are still on their way inside this block.</summary>
    public virtual long Held => Link?.Count ?? 0;

    /// <summary>Of a block that shares its workers with others: how long they were seen in its code, in the ticks of the run's clock. 0 where nobody
    /// looks.</summary>
    public virtual long Inside => 0;

    /// <summary>How many items came out so far.</summary>
    /// <param name="taken">How many went in.</param>
    /// <param name="held">How many are still in it.</param>
    public virtual long OutOf(long taken, long held) => CountsOut
        ? Volatile.Read(ref Counted)
        : Math.Max(0, taken - FilteredInAll - Lost.Failed - Lost.Dropped - Lost.Undelivered - held);

    BlockRun IOutlet.Source => this;

    long IOutlet.PassedOf(long sourcesOut) => sourcesOut;

    public Outlets Inputs => _inputs;

    public void AddInput(IOutlet input) => _inputs = _inputs.With(input);

    // Two workers of a pool may be the first.
    private Rare Rarely => Volatile.Read(ref _rare) ?? Interlocked.CompareExchange(ref _rare, new Rare(), null) ?? _rare;

    /// <summary>What most blocks have nothing to say of, so that most runs need no room for it.</summary>
    private sealed class Rare
    {
        public long Failed;
        public long Dropped;
        public long Undelivered;

        public Func<WorkerReport[]>? WorkersElsewhere { get; set; }

        public long Holds { get; set; }

        public bool HoldsUnknown { get; set; }

        public Queue? Link { get; set; }

        public Ownership? Ownership { get; set; }
    }
}
