using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>What an activity has waited for, in all: input, room, a thread.</summary>
/// <remarks>
/// <para>Its waits are booked by who parks (the wait begins), who wakes (it ends, and the wait for a thread begins) and who executes then (that ends too): one thread at a time.</para>
/// <para>To look at the clock costs about 25 ns, and a short wait would cost three looks: as much as all else that it takes. So where waits are short, one in <see cref="OneIn"/> is measured and
/// stands for the others of its kind. Such a wait is stamped with the coarse clock of the system, which costs little and sees when it was not short after all. Under a clock of the user's own every
/// wait is measured: there is no coarse one, and a test wants what is so, not what is likely.</para>
/// </remarks>
internal struct WaitBook(Edge edge)
{
    private const int OneIn = 16;
    private const long Coarse = 20; // milliseconds: what the coarse clock tells apart, with a margin

    private readonly Edge _edge = edge;
    private WaitTime _starved;
    private WaitTime _blocked;
    private WaitTime _unthreaded;

    // The wait that goes on, if it is booked at all; if it is not measured, when it began by the coarse clock.
    private Wait _kind;
    private bool _isMeasured;
    private long _coarse;

    // When the measured wait began and ended; what the last such took.
    private long _began;
    private long _woken;
    private long _lastStarved;
    private long _lastBlocked;
    private long _lastUnthreaded;
    private int _unmeasured;

    /// <summary>Parks, and waits for input or for room, or (none) for its own work.</summary>
    public void Begin(Wait kind, PipelineRun run)
    {
        _kind = kind;
        _isMeasured = _unmeasured == 0;
        if (_isMeasured)
        {
            _began = run.Now;
            if (kind != Wait.None)
            {
                Account(kind).Begin(_began);
            }
        }
        else
        {
            _unmeasured--;
            _coarse = Environment.TickCount64;
        }
    }

    /// <summary>It has not parked after all.</summary>
    public void Cancel()
    {
        if (_isMeasured && _kind != Wait.None)
        {
            Account(_kind).End(_began);
        }

        _kind = Wait.None;
    }

    /// <summary>Is woken: from here on it waits for a thread.</summary>
    public void Wake(PipelineRun run)
    {
        if (_isMeasured)
        {
            _woken = run.Now;
            if (_kind != Wait.None)
            {
                Account(_kind).End(_woken);
            }

            _unthreaded.Begin(_woken);
        }
    }

    /// <summary>Queued without having slept.</summary>
    public void Queue(PipelineRun run)
    {
        (_kind, _isMeasured) = (Wait.None, true);
        _began = _woken = run.Now;
        _unthreaded.Begin(_woken);
    }

    /// <summary>Executes again.</summary>
    public void Execute(PipelineRun run)
    {
        if (_isMeasured)
        {
            long now = run.Now;
            _unthreaded.End(now);
            _lastUnthreaded = now - _woken;
            if (_kind != Wait.None)
            {
                (_kind == Wait.Room ? ref _lastBlocked : ref _lastStarved) = _woken - _began;
            }

            bool isShort = _edge.IsSystemClock && _edge.Elapsed(now - _began) < TimeSpan.FromMicroseconds(20);
            _unmeasured = isShort ? OneIn - 1 : 0;
        }
        else if (Environment.TickCount64 - _coarse is var waited && waited >= Coarse)
        {
            Add(_edge.TicksOf(waited));
            _unmeasured = 0;
        }
        else
        {
            _unthreaded.Add(_lastUnthreaded);
            Add(_kind == Wait.Room ? _lastBlocked : _lastStarved);
        }

        _kind = Wait.None;
    }

    private void Add(long time)
    {
        if (_kind != Wait.None)
        {
            Account(_kind).Add(time);
        }
    }

    /// <summary>How a time that has gone by was spent.</summary>
    public IslandTimes Of(long all, long now, bool isAsleep)
    {
        long starved = _starved.At(now);
        long blocked = _blocked.At(now);
        if (isAsleep && !_isMeasured && Environment.TickCount64 - Volatile.Read(ref _coarse) is var waited && waited >= Coarse)
        {
            starved += _kind == Wait.Input ? _edge.TicksOf(waited) : 0;
            blocked += _kind == Wait.Room ? _edge.TicksOf(waited) : 0;
        }

        return IslandTimes.Of(all, starved, blocked, _unthreaded.At(now));
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private ref WaitTime Account(Wait kind) => ref kind == Wait.Room ? ref _blocked : ref _starved;
}
