namespace Pipelines.Execution;

/// <summary>The runs of a section that are at work or have not been passed on whole, and the slots that they have for results. Under the section's gate, all of
/// it.</summary>
/// <remarks>
/// <para><b>Ordered:</b> lines stand in input order; the first one's results are passed on. <b>Unordered:</b> what workers put down stands in one row, in
/// the order in which it came, and lines only hold items and slots.</para>
/// <para><b>Bound.</b> There are as many slots as the capacity, or as workers if that is more. A run takes one an item when it is claimed, more as it yields
/// more, up to a share, and gives them back when they are not needed or have been passed on. Ordered, the first line needs one to go on, and the share of the
/// others leaves that; unordered, each worker has its share when what it has put down is passed on. So the slots that others have can hold nobody up. An item
/// that a policy leaves out takes the slot of a result.</para>
/// <para>Modelled in test/Models (SectionModel).</para>
/// </remarks>
internal sealed partial class SectionWindow<TIn, TOut>
{
    // Lines and arrays that are kept to be used again.
    private const int MostSpare = 64;

    private readonly Queue<SectionLine<TIn, TOut>> _wanting = new();
    private readonly PriorityQueue<SectionLine<TIn, TOut>, long> _returned = new();
    private readonly Stack<SectionLine<TIn, TOut>> _spare = new();
    private readonly Stack<TOut[]> _spareResults = new();
    private readonly Queue<Chunk<TOut>> _row = new();
    private readonly bool _ordered;
    private readonly long _share;
    private SectionLine<TIn, TOut>? _last;
    private SectionLine<TIn, TOut>? _current; // that whose results were taken out last
    private long _used;
    private long _claimed;
    private bool _rowHasBaton;

    public SectionWindow(long capacity, int parallelism, bool ordered)
    {
        _ordered = ordered;
        _rowHasBaton = !ordered;
        Slots = Math.Max(capacity, parallelism);
        _share = ordered ? Math.Max(1, (Slots - 1) / Math.Max(1, parallelism - 1)) : Slots / parallelism;
    }

    /// <summary>How many results there can be at most.</summary>
    public long Slots { get; }

    public SectionLine<TIn, TOut>? First { get; private set; }

    /// <summary>How many items may be claimed.</summary>
    public long Room => Slots - _used;

    public bool HasReturned => _returned.Count > 0;

    /// <summary>Gives a line more slots, if there are any and it has not had its share.</summary>
    public bool TryGrow(SectionLine<TIn, TOut> line)
    {
        long more = Math.Min(Math.Min(Slots - _used, _share - line.Slots), Math.Max(1, line.Slots));
        if (more <= 0)
        {
            return false;
        }

        _used += more;
        line.Slots += more;
        return true;
    }

    /// <summary>The line's worker lies down there, and is to have more slots when there are any, if it has not had its share.</summary>
    public void Lie(SectionLine<TIn, TOut> line, PoolWorker worker)
    {
        line.Sleeper = worker;
        if (!line.IsWanting && line.Slots < _share)
        {
            line.IsWanting = true;
            _wanting.Enqueue(line);
        }
    }

    /// <summary>Whether the baton lay at a line, where it is no more.</summary>
    public static bool TakeBaton(SectionLine<TIn, TOut> line)
    {
        bool hasBaton = line.HasBaton;
        line.HasBaton = false;
        return hasBaton;
    }

    /// <summary>Puts results down. True: the baton came.</summary>
    public bool Put(SectionLine<TIn, TOut> line, Chunk<TOut> chunk)
    {
        if (!_ordered)
        {
            if (chunk.IsEmpty)
            {
                return false;
            }

            _row.Enqueue(chunk);
            line.Slots -= chunk.Count; // they go with the results
            (bool comes, _rowHasBaton) = (_rowHasBaton, false);
            return comes;
        }

        if (!chunk.IsEmpty)
        {
            line.Chunks.Enqueue(chunk);
            line.Held += chunk.Size;
        }

        return TakeBaton(line);
    }

    /// <summary>A line has come to its end; what it has slots for and does not hold is free. Returns who is to be woken.</summary>
    public PoolWorker? End(SectionLine<TIn, TOut> line)
    {
        long unused = line.Slots - line.Held;
        line.Slots -= unused;
        line.HasEnded = true;
        if (!_ordered)
        {
            Spare(line);
        }

        return Free(unused);
    }

    /// <summary>Of the first line, whose results are passed on as they come: so many slots are enough. Returns who is to be woken.</summary>
    public PoolWorker? Shrink(SectionLine<TIn, TOut> line, long slots)
    {
        long unused = Math.Max(0, line.Slots - Math.Max(slots, line.Held));
        line.Slots -= unused;
        return Free(unused);
    }

    /// <summary>Takes out what is next. False: there is nothing, and the baton was left for whoever brings the next thing.</summary>
    public bool TryTake(out Chunk<TOut> chunk, ref PoolWorker? woken)
    {
        if (!_ordered)
        {
            _rowHasBaton = !_row.TryDequeue(out chunk);
            return !_rowHasBaton;
        }

        while (First is { } line)
        {
            if (line.Chunks.TryDequeue(out chunk))
            {
                _current = line;
                return true;
            }

            if (!line.HasEnded)
            {
                line.HasBaton = true;
                woken = line.TakeSleeper(woken);
                break;
            }

            First = line.Next;
            _last = First is null ? null : _last;
            woken = Joined(Free(line.Slots), woken);
            Spare(line);
        }

        chunk = default;
        return false;
    }

    /// <summary>So many results that were taken out have gone on. Returns who is to be woken.</summary>
    public PoolWorker? Passed(int count, TOut[]? emptied)
    {
        if (emptied is { Length: > 1 } && _spareResults.Count < MostSpare)
        {
            _spareResults.Push(emptied);
        }

        if (!_ordered)
        {
            return Free(count);
        }

        SectionLine<TIn, TOut> line = _current!;
        line.Held -= count;
        if (line.HasEnded)
        {
            line.Slots -= count;
            return Free(count);
        }

        return line.Held <= line.Slots / 2 ? line.TakeSleeper(null) : null;
    }

    /// <summary>The first line's worker had its results in the hands of who passes on, and not all have gone on.</summary>
    public void Hold(SectionLine<TIn, TOut> line, int count)
    {
        _current = line;
        line.Held += count;
    }

    /// <summary>An array for results.</summary>
    public TOut[] TakeResults(long atLeast)
    {
        while (_spareResults.TryPop(out TOut[]? spare))
        {
            if (spare.Length >= atLeast)
            {
                return spare;
            }
        }

        return new TOut[atLeast];
    }

    private PoolWorker? Free(long slots)
    {
        _used -= slots;
        PoolWorker? woken = null;
        while (_used < Slots && _wanting.TryDequeue(out SectionLine<TIn, TOut>? line))
        {
            // It may have got by without, or be another run's by now.
            line.IsWanting = false;
            if (line.Sleeper is not null && TryGrow(line))
            {
                woken = line.TakeSleeper(woken);
            }
        }

        return woken;
    }

    private static PoolWorker? Joined(PoolWorker? some, PoolWorker? others)
    {
        while (some is { } worker)
        {
            some = worker.NextAsleep;
            worker.NextAsleep = others;
            others = worker;
        }

        return others;
    }

    private void Spare(SectionLine<TIn, TOut> line)
    {
        if (line is { SharesItems: false, IsWanting: false } && _spare.Count < MostSpare)
        {
            _spare.Push(line);
        }
    }
}
