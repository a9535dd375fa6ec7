namespace Pipelines.Execution;

/// <summary>One worker of a parallel section: claims a run of items, takes each through its own copy of the section's blocks, and sees to what comes of
/// them.</summary>
/// <remarks>
/// <para>Before it waits for anything it puts down what it has, leaves the baton, and gives the rest of its run to others.</para>
/// <para>A worker whose chain was left in the middle of an item takes no other: it ends.</para>
/// </remarks>
internal sealed partial class SectionWorker<TIn, TOut> : PoolWorker, ISectionWorker
{
    private const int TurnsInASecond = 100;

    private readonly SectionIsland<TIn, TOut> _block;
    private readonly PipelineRun _run;
    private readonly SectionEnd<TOut> _end;
    private Stage<TIn>? _chain;
    private SectionCopy[] _copies = [];
    private WorkerScopes _scopes;

    // The run in hand: its line, the next item, when it began, and whether the chain takes another.
    private volatile SectionLine<TIn, TOut>? _line;
    private int _next;
    private int _first;
    private bool _isBegun;
    private bool _isReady;
    private bool _takesBaton;
    private bool _bringsBaton; // it came with something that was put down in the middle of an item
    private bool _hasWaited;
    private bool _hasLain;
    private long _entered;
    private long _began;
    private long _turnBegan;

    private ISectionCall? _call;
    private FailedItem? _failure;
    private SectionLetter _letter;
    private bool _isSpent;

    public SectionWorker(SectionIsland<TIn, TOut> block)
        : base(block.Run)
    {
        _block = block;
        _run = block.Run;
        _end = block.CreateEnd();
    }

    /// <summary>The line it has in hand.</summary>
    public SectionLine<TIn, TOut>? Line => _line;

    /// <summary>How many items of it have not been begun, roughly: another thread asks.</summary>
    public int InHand => _line is { } line ? Math.Max(0, line.To - Volatile.Read(ref _next)) : 0;

    /// <summary>How many results there is an array for.</summary>
    public int Space => _end.Space;

    public CancellationToken Token => _block.Token;

    /// <summary>Its claim has woken whoever feeds the section: behind this run, that one goes first.</summary>
    public bool OwesTurn { get; set; }

    /// <summary>Has this run in hand from here on. Under the gate.</summary>
    /// <param name="line">Its line.</param>
    /// <param name="takesBaton">Whether the baton comes with it.</param>
    /// <param name="results">A new array for results, if there is one.</param>
    public void Take(SectionLine<TIn, TOut> line, bool takesBaton, TOut[]? results)
    {
        (_next, _first, _takesBaton) = (line.From, line.From, takesBaton);
        if (results is not null)
        {
            _end.SetSpace(results);
        }

        _line = line;
    }

    protected override void Broken(Exception error)
    {
        _block.WorkerFailed(error);
        if (_line is not null)
        {
            EndLine(null);
        }
    }

    protected override ValueTask DisposeAsync() => _scopes.DisposeAsync();

    protected override void Ready() => _block.Ready(this);

    protected override void End() => _block.EndWorker();

    /// <summary>After everything has stopped.</summary>
    public void Abandon() => _chain?.Abandon();

    protected override Worked WorkOn()
    {
        if (_chain is null)
        {
            (_chain, _copies) = _block.CreateChain(this, _end);
            _chain.Attach(new SectionHost(_chain.Block, this));
            _isReady = true;
        }

        while (true)
        {
            if (_line is null)
            {
                Worked claimed = _isSpent ? Worked.Out : _block.Claim(this);
                if (claimed != Worked.On)
                {
                    return claimed; // and it may execute elsewhere by now
                }
            }

            if (!_isBegun)
            {
                BeginRun();
            }

            Worked worked = WorkOnRun();
            if (worked != Worked.On)
            {
                return worked;
            }

            if (_line is null && IsTurnOver)
            {
                OwesTurn = false;
                (_began, _turnBegan) = (0, 0);
                return Worked.Turn;
            }
        }
    }

    private bool IsTurnOver => OwesTurn || _began - _turnBegan > _run.Edge.TicksPerSecond / TurnsInASecond;

    // Nobody else changes the slots of a line whose worker does not lie there.
    private void BeginRun()
    {
        _began = _began == 0 ? _run.Edge.Timestamp() : _began; // the run before has just ended
        _turnBegan = _turnBegan == 0 ? _began : _turnBegan;
        (_hasWaited, _hasLain, _isBegun) = (false, false, true);
        _entered = _block.Pilot?.Enter() ?? 0;
        SectionLine<TIn, TOut> line = _line!;
        _end.Begin(line, line.Slots);
        if (_takesBaton)
        {
            _block.PassStraightOn(line, _end);
        }

        _isReady = _end.Check() == Readiness.Ready;
    }

    // On: the run has been worked on to its end, or left.
    private Worked WorkOnRun()
    {
        SectionLine<TIn, TOut> line = _line!;
        while (true)
        {
            if (_bringsBaton)
            {
                _bringsBaton = false;
                _block.LeaveBaton();
            }

            if (_call is { } call)
            {
                if (!call.IsCompleted)
                {
                    PutDown();
                    if (call.IsStillPending(Continuation, _run.Edge.IsThreadPool))
                    {
                        return Worked.Away;
                    }
                }

                _call = null;
            }

            if (_failure is not null || _isSpent || line.IsClosed || _run.IsAborting)
            {
                if (!Leave())
                {
                    continue; // for code to return first
                }

                return Worked.On;
            }

            if (_isReady)
            {
                if (line.IsCut)
                {
                    GiveUpRest(line);
                }

                Push(line);
                if (_isReady && _next == line.To)
                {
                    return EndRun();
                }

                continue;
            }

            Worked worked = GetReady();
            if (worked != Worked.On)
            {
                return worked;
            }
        }
    }

    private void Push(SectionLine<TIn, TOut> line)
    {
        try
        {
            while (SectionFeed.Push(line, _chain!, _block.Length, _run.Edge, _began, ref _next, ref _isReady))
            {
                ReturnRest(); // the others are to have their part
            }
        }
        catch (Exception error)
        {
            _isReady = false;
            Caught(error);
        }
    }
}
