namespace Pipelines.Execution;

/// <summary>The end of a worker's copy of a section: gathers what comes of its items, or passes it straight on to the chain while the worker has the
/// baton.</summary>
/// <remarks>
/// <para>Its worker's own, all of it, but for the line's marks. It is ready while it can hold another result; when it is full, its worker sees to room.</para>
/// <para>What the chain throws while results are passed straight on goes up through the section to its worker, which knows by <see cref="IsDirect"/> whose it
/// is: a try block here would cost each result.</para>
/// </remarks>
/// <param name="next">The block behind the section.</param>
/// <param name="way">The way to it, and whether it may be gone.</param>
internal sealed class SectionEnd<TOut>(BlockRun next, (SectionOutflow<TOut> Outflow, Passage<TOut> Passage) way) : Stage<TOut>(next)
{
    // So many results are passed straight on until others have their turn.
    private const int TurnLength = 4096;

    private readonly SectionOutflow<TOut> _outflow = way.Outflow;
    private readonly Passage<TOut> _passage = way.Passage;
    private SectionMarks _line = null!;
    private TOut[] _results = [];
    private int _count;
    private int _limit;
    private int _turn;

    /// <summary>Whether its worker has the baton.</summary>
    public bool IsDirect { get; private set; }

    /// <summary>Whether it has passed on so many results that others are to have their turn.</summary>
    public bool OwesTurn => _turn <= 0;

    /// <summary>How many results are here.</summary>
    public int Count => _count;

    /// <summary>How many there may be.</summary>
    public int Limit => _limit;

    /// <summary>Results are those of another run, of which so many may be here.</summary>
    public void Begin(SectionMarks line, long limit)
    {
        (_line, IsDirect, _turn) = (line, false, TurnLength);
        SetLimit(limit);
    }

    /// <summary>How many results may be here.</summary>
    public void SetLimit(long limit) => _limit = (int)Math.Min(limit, int.MaxValue);

    /// <summary>The array has no room for another result, and there may be more.</summary>
    public bool NeedsSpace => _count == _results.Length && _count < _limit;

    /// <summary>The length of the array.</summary>
    public int Space => _results.Length;

    /// <summary>Goes on with a greater array, or the first.</summary>
    public void SetSpace(TOut[] results)
    {
        _results.AsSpan(0, _count).CopyTo(results);
        _results = results;
    }

    /// <summary>Takes what is here. The array goes with it.</summary>
    public Chunk<TOut> Take(FailedItem? failure, bool isLeftOut = false)
    {
        if (_count == 0)
        {
            return new Chunk<TOut>([], 0, failure, isLeftOut);
        }

        var chunk = new Chunk<TOut>(_results, _count, failure, isLeftOut);
        (_results, _count) = ([], 0);
        return chunk;
    }

    /// <summary>The worker has the baton: what comes is passed straight on.</summary>
    public void BeginDirect() => (IsDirect, _turn) = (true, TurnLength);

    /// <summary>It leaves the baton.</summary>
    public void EndDirect() => IsDirect = false;

    /// <summary>A new turn begins.</summary>
    public void BeginTurn() => _turn = TurnLength;

    public override bool Push(TOut result)
    {
        if (IsDirect)
        {
            return _outflow.PassOne(result) && --_turn > 0 && !_line.IsClosed;
        }

        _results[_count++] = result;
        return _count < _limit && _count < _results.Length && !_line.HasBaton;
    }

    public override Readiness Check() =>
        _line.IsClosed ? Readiness.Finished
        : IsDirect ? (_passage.IsReady && _turn > 0 ? Readiness.Ready : Readiness.Full)
        : _count < _limit && _count < _results.Length && !_line.HasBaton ? Readiness.Ready
        : Readiness.Full;

    public override bool Resume() => Check() == Readiness.Ready;

    public override bool Complete() => true;

    public override void Abandon()
    {
    }

    public override void Attach(Island island)
    {
    }
}
