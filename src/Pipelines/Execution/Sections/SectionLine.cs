namespace Pipelines.Execution;

/// <summary>Results that were put down together, and a failed item behind them if there is one.</summary>
/// <param name="Results">The results, from the first on.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Failure">The item.</param>
/// <param name="IsLeftOut">Whether that is left out, by its block's policy: until that has heard of it, it takes the room of a result.</param>
internal readonly record struct Chunk<TOut>(TOut[] Results, int Count, FailedItem? Failure, bool IsLeftOut = false)
{
    /// <summary>How many slots it takes.</summary>
    public int Size => IsLeftOut ? Count + 1 : Count;

    public bool IsEmpty => Count == 0 && Failure is null;
}

/// <summary>What the worker who has a line looks at between two results. Any thread may; it is changed under the section's gate.</summary>
internal abstract class SectionMarks
{
    private volatile bool _hasBaton;
    private volatile bool _isClosed;
    private volatile bool _isCut;

    /// <summary>Whether the baton lies here.</summary>
    public bool HasBaton
    {
        get => _hasBaton;
        set => _hasBaton = value;
    }

    /// <summary>Whether to leave off, in the middle of an item too.</summary>
    public bool IsClosed
    {
        get => _isClosed;
        set => (_isClosed, _isCut) = (value, value);
    }

    /// <summary>Whether to begin no other item.</summary>
    public bool IsCut
    {
        get => _isCut;
        set => _isCut = value;
    }
}

/// <summary>A run of items that a worker of a section has claimed, and what has come of them and waits to be passed on.</summary>
/// <remarks>
/// <para>Under the section's gate, but for what is marked. Its items are the worker's who has it; a line that was returned is nobody's until it is claimed
/// again.</para>
/// <para>Slots: as many results as it may hold, those in its worker's hands, those that were put down and those on their way to the chain. The baton lies here
/// only in an ordered section, while this is the first line and nothing waits in it: its worker takes it when it next looks.</para>
/// </remarks>
internal sealed class SectionLine<TIn, TOut> : SectionMarks
{
    /// <summary>The items: from <see cref="From"/> to <see cref="To"/> of the array, which other lines may have parts of.</summary>
    public TIn[] Items { get; set; } = [];

    public int From { get; set; }

    public int To { get; set; }

    /// <summary>Whether another line has a part of the array: then it is not used again.</summary>
    public bool SharesItems { get; set; }

    /// <summary>Where it stands among the claims, for those that were returned.</summary>
    public long Place { get; set; }

    public SectionLine<TIn, TOut>? Next { get; set; }

    /// <summary>How many results it may hold.</summary>
    public long Slots { get; set; }

    /// <summary>How many of those are no longer in its worker's hands.</summary>
    public long Held { get; set; }

    /// <summary>What was put down, in order. In an unordered section nothing is put down here.</summary>
    public Queue<Chunk<TOut>> Chunks { get; } = new();

    /// <summary>The worker, if it lies here for room, or for the baton.</summary>
    public PoolWorker? Sleeper { get; set; }

    /// <summary>Whether it stands among those that want slots.</summary>
    public bool IsWanting { get; set; }

    /// <summary>There will be no more.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Takes who lies here, to be woken behind the gate, before those given.</summary>
    public PoolWorker? TakeSleeper(PoolWorker? others)
    {
        if (Sleeper is not { } sleeper)
        {
            return others;
        }

        Sleeper = null;
        sleeper.NextAsleep = others;
        return sleeper;
    }

    /// <summary>Begins it, or begins it anew.</summary>
    public void Open(long slots)
    {
        Debug.Assert(Chunks.Count == 0 && Held == 0 && Sleeper is null && !HasBaton, "A line was used again before it was empty.");
        (Slots, HasEnded, IsClosed, Next) = (slots, false, false, null);
    }
}
