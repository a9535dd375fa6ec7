using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head is a parallel section: several workers, each with a copy of the section's blocks, and behind them the chain.</summary>
/// <remarks>
/// <para>Its parts: <see cref="CrewedIsland{TIn}"/> (who works), <see cref="SectionWorker{TIn, TOut}"/> (a run of items and the copy it goes through),
/// <see cref="SectionWindow{TIn, TOut}"/> and <see cref="SectionLine{TIn, TOut}"/> (what is claimed, what has come of it, how much of it there may be),
/// <see cref="SectionEnd{TOut}"/> and <see cref="SectionOutflow{TOut}"/> (how it gets on), <see cref="PassingIsland"/> (who passes on).</para>
/// <para><b>Order.</b> Ordered, the worker of the first line passes its results straight on, and what the others have is put down in their lines. Unordered,
/// whoever puts something down and finds the baton passes on what there is.</para>
/// <para><b>Failure.</b> An item that ends the run stands behind what has come before it, and takes effect there. Nothing behind it is worked on any more:
/// those lines are closed at once, and nothing more is claimed but what was put back from before it. Unordered, in a run that drains, items that were begun
/// come to their ends, and go on. Ordered, an item that a policy leaves out takes its turn among the results, and the policy hears of it then; unordered it
/// does so in the worker.</para>
/// </remarks>
internal sealed partial class SectionIsland<TIn, TOut> : CrewedIsland<TIn>, IChunks<TOut>
{
    private readonly ISection<TIn, TOut> _section;
    private readonly SectionDraft _draft;
    private readonly SectionWindow<TIn, TOut> _window;
    private readonly Passage<TOut> _passage;
    private readonly SectionOutflow<TOut> _outflow;
    private readonly Stage<TOut> _chain;
    private readonly bool _ordered;
    private readonly int _longestRun;
    private readonly List<SectionWorker<TIn, TOut>> _workers = []; // under the gate
    private readonly bool _drains;
    private int _takesNoMore;

    public SectionIsland(SectionDraft draft, SectionBlock head, Ring<TIn> link, ISection<TIn, TOut> section, BlockOptions options, Stage<TOut> chain)
        : base(head, link, options.FirstWorkers)
    {
        (_draft, _section, _chain, _ordered) = (draft, section, chain, options.Ordered);
        _window = new SectionWindow<TIn, TOut>(Math.Min(link.Slots, int.MaxValue), Most, _ordered);
        _drains = !_ordered && Run.Options.WhenFailed.Drains;
        _passage = new Passage<TOut>(this, chain, draft.Blocks[0]) { IsBesideFailures = _drains };
        _outflow = new SectionOutflow<TOut>(this, draft.Blocks[0], _passage, this);
        _longestRun = LongestRun(Workers);
        Pilot = ParallelismPilot.Of(options, Run, TakeOverValue);
        head.InHand = InHand;
        _ = Run.AbortToken;
    }

    public override BlockRun InsideOf
    {
        get
        {
            using (Gate.Enter())
            {
                return _workers.Select(static worker => worker.Inside).FirstOrDefault(static inside => inside is not null) ?? base.InsideOf;
            }
        }
    }

    /// <inheritdoc/>
    public override ParallelismPilot? Pilot { get; }

    /// <summary>For asynchronous sequences.</summary>
    public CancellationToken Token => _draft.Token;

    /// <summary>How many items a worker takes at once. Made when the first worker claims, under the gate: the clock is not asked while a run is
    /// planned.</summary>
    public RunLength Length => field ??= new RunLength(_longestRun, Run.Edge.TicksPerSecond);

    private SectionSampler Sampler => field ??= new SectionSampler(Run.Edge.TicksPerSecond);

    /// <summary>Whether what comes of items is passed on in their order.</summary>
    public bool IsOrdered => _ordered;

    /// <summary>How many items and results it can hold: those in workers' hands, those that wait, and one in each block of each worker.</summary>
    public long Holds => _window.Slots + (Most * (long)_longestRun);

    /// <summary>Whether who has the baton may push to the chain at once.</summary>
    public bool IsChainReady => _passage is { IsReady: true, IsOver: false };

    protected override IOutflow Way => _outflow;

    protected override bool HasRoomForItem => _window.Room > 0;

    protected override bool MayReturn => true;

    protected override bool HasReturned => _window.HasReturned;

    public override bool IsInFront(BlockRun block) => block is SectionBlock && block.Island == this;

    protected override void LimitChanged() => Length.Limit(Math.Min(_longestRun, LongestRun(Workers)));

    protected override PoolWorker CreateWorker()
    {
        var worker = new SectionWorker<TIn, TOut>(this);
        _workers.Add(worker);
        return worker;
    }

    public SectionEnd<TOut> CreateEnd() => new(_chain.Block, (_outflow, _passage));

    /// <summary>One more copy of the section, by its worker.</summary>
    public (Stage<TIn> Chain, SectionCopy[] Copies) CreateChain(ISectionWorker worker, SectionEnd<TOut> end)
    {
        var scope = new SectionCopies(_draft.Blocks, worker);
        using (Gate.Enter())
        {
            return (_section.Build(new Plan(Run) { Section = scope }, end), [.. scope.Blocks]);
        }
    }

    protected override bool TryGive(PoolWorker worker)
    {
        // No more than a fair share of what is there, unless it is done in some microseconds: see the pool's claims.
        int share = Length.IsQuick ? int.MaxValue : (Link.Count + Workers - 1) / Workers;
        int longest = Link.WaitsIn is null ? Length.Current : 1; // what may still be dropped is left where that can be done
        int wanted = (int)Math.Min(Math.Min(longest, _window.Room), Math.Max(1, share));
        SectionLine<TIn, TOut> line = _window.TakeLine(wanted);
        int taken = Link.TryReadMany(line.Items.AsSpan(0, wanted));
        var one = (SectionWorker<TIn, TOut>)worker;
        one.OwesTurn = Link.HasJustWokenWriter();
        if (taken == 0)
        {
            _window.GiveBack(line);
            return false;
        }

        _window.Add(line, taken);
        return Give(one, line);
    }

    protected override bool TryGiveReturned(PoolWorker worker) =>
        _window.TakeReturned(Length.Current) is { } line && Give((SectionWorker<TIn, TOut>)worker, line);

    // With the line comes what it needs at once, while the gate is held: the baton if it lies there, or else an array for results.
    private bool Give(SectionWorker<TIn, TOut> worker, SectionLine<TIn, TOut> line)
    {
        bool takesBaton = SectionWindow<TIn, TOut>.TakeBaton(line);
        worker.Take(line, takesBaton, takesBaton || worker.Space >= line.Slots ? null : _window.TakeResults(line.Slots));
        return true;
    }

    /// <summary>Something was thrown in the chain, which a worker was pushing to.</summary>
    public void CaughtInChain(Exception error)
    {
        _passage.Caught(error);
        TakeNoMore();
    }

    /// <summary>A block could not be made ready for a worker.</summary>
    public void Broke(BlockRun block, Exception error)
    {
        block.Caught(error);
        TakeNoMore();
    }

    protected override void TakeNoMore()
    {
        Close();
        if (Interlocked.Exchange(ref _takesNoMore, 1) == 0)
        {
            _draft.Wanted?.Unwanted();
            Link.LeaveReader();
        }
    }

    protected override void Unwanted() => TakeNoMore();

    public override void WakeUp()
    {
        Close(); // for good: who is between two claims or two items finds that
        base.WakeUp();
    }

    protected override void Ended()
    {
        _draft.Wanted?.Over();
        base.Ended();
    }

    public override void Abandon()
    {
        base.Abandon();
        _window.Abandon(chunk => _outflow.Forgo(chunk), item => Head.Undeliver(item));
        foreach (SectionWorker<TIn, TOut> worker in _workers)
        {
            worker.Abandon();
        }

        _chain.Abandon();
    }

    private void Close()
    {
        _passage.Close();
        PoolWorker? woken;
        using (Gate.Enter())
        {
            CloseClaims();
            woken = CloseAll();
        }

        Wake(woken);
    }

    private PoolWorker? CutAll()
    {
        _window.CutAll(_workers.Select(static worker => worker.Line).OfType<SectionLine<TIn, TOut>>());
        return null;
    }

    private PoolWorker? CloseAll() => _window.CloseAll(_workers.Select(static worker => worker.Line).OfType<SectionLine<TIn, TOut>>());

    private long InHand()
    {
        using (Gate.Enter())
        {
            return _workers.Sum(static worker => (long)worker.InHand);
        }
    }

    private static void Wake(PoolWorker? more, ref PoolWorker? woken)
    {
        while (more is { } worker)
        {
            more = worker.NextAsleep;
            worker.NextAsleep = woken;
            woken = worker;
        }
    }
}

/// <summary>What is built once for each worker.</summary>
internal interface ISection<TIn, TOut>
{
    /// <summary>Builds the blocks into a plan, in front of <paramref name="end"/>. Returns the first stage.</summary>
    Stage<TIn> Build(Plan plan, SectionEnd<TOut> end);
}
