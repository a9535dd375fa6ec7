using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>One block in one run: its counts, and what happens to an item that fails or is left over.</summary>
/// <remarks>
/// Counts cost nothing where they follow from others. What goes in is what came out upstream; a block that passes one item
/// on for each that it takes (<c>Select</c>) counts only the exceptions, and its output is the difference. Blocks that change the
/// number of items, and the two ends, count for themselves, so that the sums of a whole pipeline are checked and not
/// merely defined. Each count is written by the one thread that runs the block's island at that time.
/// </remarks>
internal class BlockRun(PipelineRun run, Blueprint blueprint) : IOutlet
{
    private Outlets _inputs;
    private Rare? _rare;

    public PipelineRun Run { get; } = run;

    public Blueprint Blueprint { get; } = blueprint;

    /// <summary>The block that stands for this one to the outside: itself, unless it is one of several copies.</summary>
    public virtual BlockRun Original => this;

    /// <summary>How many items it may work on at once.</summary>
    public virtual int Parallelism => Blueprint.Options.Parallelism;

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

    /// <summary>User code threw on an item, and that ends the run, whatever the block's policy.</summary>
    public virtual void Caught(object? item, Exception error)
    {
        if (error is OperationCanceledException && Run.IsAborting)
        {
            // The delegate obeyed the run's token: not a failure, but the item did not get through.
            Undeliver(item);
            return;
        }

        Interlocked.Increment(ref Failed);
        HasFailed(Failure(item, error));
    }

    // The run ends, or drains: then what is behind this block gets its end.
    private void HasFailed(BlockFailure failure)
    {
        Run.Fail(failure);
        if (!Run.IsAborting && Island is { } island)
        {
            island.FailedBlock ??= this;
            if (island.Head != this)
            {
                island.FailedBehind();
            }
        }
    }

    /// <summary>User code threw on an item. True: by the block's policy the item is left out, and the block goes on with the next.</summary>
    public ValueTask<bool> CaughtAsync(object? item, Exception error)
    {
        ErrorPolicy policy = OnError;
        if (!policy.Stops && !(error is OperationCanceledException && Run.IsAborting))
        {
            return LeaveOutAsync(policy, item, error);
        }

        Caught(item, error);
        return default;
    }

    /// <summary>The same for a block whose policy never has to wait.</summary>
    public bool CaughtNow(object? item, Exception error)
    {
        ValueTask<bool> goesOn = CaughtAsync(item, error);
        Debug.Assert(goesOn.IsCompletedSuccessfully, "Nothing here can wait.");
        return goesOn.IsCompletedSuccessfully && goesOn.Result;
    }

    private async ValueTask<bool> LeaveOutAsync(ErrorPolicy policy, object? item, Exception error)
    {
        IsInCode = true;
        try
        {
            var letter = new DeadLetter { Item = item, Exception = error, Block = Run.NameOf(this), At = Run.Edge.UtcNow() };
            await policy.LeaveOutAsync(letter, Run).AtOnce(Run.Edge);
        }
        catch (Exception refusal)
        {
            if (refusal is OperationCanceledException && Run.IsAborting)
            {
                Undeliver(item); // aborted while the letter waited for room: nobody has heard of the item
                return false;
            }

            Refused(item, error, refusal);
            return false;
        }
        finally
        {
            IsInCode = false;
        }

        Interlocked.Increment(ref Failed);
        return !Run.IsAborting;
    }

    /// <summary>What the policy does about a failed item has failed too: that ends the run, and the item's own failure comes second.</summary>
    public virtual void Refused(object? item, Exception error, Exception refusal)
    {
        Interlocked.Increment(ref Failed);
        HasFailed(Failure(item, refusal));
        HasFailed(Failure(item, error));
    }

    /// <summary>User code threw on an item behind everything that got through when the run ended: nothing fails for it, but it is kept.</summary>
    public void CaughtBehindTheEnd(object? item, Exception error)
    {
        if (!OnError.Stops || error is OperationCanceledException)
        {
            Undeliver(item); // left out or cancelled: either way it did not get through, and whoever wants it back gets it
            return;
        }

        Interlocked.Increment(ref Failed);
        Run.NoteFailure(Failure(item, error));
    }

    /// <summary>User code threw on an item that has failed already: that is kept, and counts no more.</summary>
    public void NoteLater(object? item, Exception error) => Run.NoteFailure(Failure(item, error));

    private BlockFailure Failure(object? item, Exception error) => new() { Block = Run.NameOf(this), Item = item, Exception = error };

    /// <summary>User code threw outside of any item: an enumerator, a producer's or consumer's own function.</summary>
    public void Caught(Exception error)
    {
        if (error is not OperationCanceledException || !Run.IsAborting)
        {
            HasFailed(Failure(null, error));
        }
    }

    /// <summary>A source that is asked for its items has come to its end, perhaps by an exception.</summary>
    /// <param name="error">What it has thrown.</param>
    /// <param name="isUnwanted">Whether it was told to end because nobody takes any more.</param>
    public void SourceEnded(Exception? error, bool isUnwanted)
    {
        if (error is null || (error is OperationCanceledException && (Run.IsStopping || isUnwanted)))
        {
            return; // it obeyed its token, if it had to: this is where the stream ends
        }

        if (Run.IsStopping || isUnwanted)
        {
            Note(error); // many answer a stop with an exception of their own: that is no reason to lose what is in flight
        }
        else
        {
            Caught(error);
        }
    }

    /// <summary>User code threw, and it changes nothing: kept for the report.</summary>
    public void Note(Exception error) => Run.NoteFailure(Failure(null, error));

    /// <summary>An item that reached this block goes no further: counted, and handed back when the run ends.</summary>
    public void Undeliver<T>(T item) => Undeliver(item, isResult: false);

    /// <summary>The same for something that this block has made.</summary>
    public void UndeliverResult<T>(T result) => Undeliver(result, isResult: true);

    private void Undeliver<T>(T item, bool isResult)
    {
        // Two workers of a pool may raise it at once: the one that passes on, and one that gives up its run.
        Interlocked.Increment(ref Undelivered);
        if (Run.Leftovers is { AreWanted: true } leftovers)
        {
            leftovers.Add(item, this, isResult ? Ownership.OfResult : Ownership, Run.Life.Reason);
        }
    }

    /// <summary>The same while the run goes on, for a block whose branch has ended: handed back at once.</summary>
    public void UndeliverNow<T>(T item)
    {
        Interlocked.Increment(ref Undelivered);
        GiveBackNow(item, UndeliveredReason.NotWanted);
    }

    /// <summary>An item for which there was no room: counted as dropped, and handed back at once.</summary>
    public void Drop<T>(T item)
    {
        Interlocked.Increment(ref Dropped);
        GiveBackNow(item, UndeliveredReason.Dropped);
    }

    /// <summary>A result of <paramref name="head"/>, meant for this block, whose item has failed already, so that nothing counts it: handed back at
    /// once.</summary>
    public void Discard<T>(BlockRun head, T result) => GiveBackNow(result, UndeliveredReason.TooLate, head);

    // Generic, so that a number that nobody asks for is not boxed.
    private void GiveBackNow<T>(T item, UndeliveredReason reason, BlockRun? head = null)
    {
        if (Run.Leftovers is { AreWanted: true } leftovers)
        {
            leftovers.GiveBackNow(item, this, head ?? this, reason);
        }
    }

    /// <summary>Whose the items in front of it are.</summary>
    public Ownership Ownership => Rarely.Ownership ??= Ownership.InFrontOf(Original);

    /// <summary>Empties the block's link into <see cref="Undeliver{T}(T)"/>; after the run has stopped only.</summary>
    public void AbandonLink<T>(Ring<T> link)
    {
        while (link.TryRead(out T? item))
        {
            Undeliver(item);
        }
    }

    /// <summary>Counts what is lost where another block does, of which this one is a copy.</summary>
    protected void LoseFor(BlockRun main) => _rare = main.Rarely;

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
