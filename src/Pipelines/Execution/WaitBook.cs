using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>What an activity has waited for, in all: input, room, a thread.</summary>
/// <remarks>
/// <para>Its waits are booked by who parks (the wait begins), who wakes (it ends, and the wait for a thread begins) and who executes then (that ends too):
/// one thread at a time.</para>
/// <para>To look at the clock costs about 25 ns, and a short wait would cost three looks: as much as all else that it takes. So where waits are short, one in
/// <see cref="OneIn"/> is measured and
/// stands for the others of its kind. Such a wait is stamped with the coarse clock of the system, which costs little and sees when it was not short after
/// all. Under a clock of the user's own every
/// wait is measured: there is no coarse one, and a test wants what is so, not what is likely.</para>
/// </remarks>
internal struct WaitBook
{
    private const int OneIn = 16;
    private static readonly TimeSpan s_short = TimeSpan.FromMicroseconds(20);

    private const long Coarse = 20; // milliseconds: what the coarse clock tells apart, with a margin

    private WaitTime _starved;
    private WaitTime _blocked;
    private WaitTime _unthreaded;

    // The wait that goes on, if it is booked at all: when it began, by the coarse clock if it is not measured, and when it ended.
    private long _began;
    private long _woken;

    // What the last measured short ones took.
    private uint _lastStarved;
    private uint _lastBlocked;
    private uint _lastUnthreaded;
    private byte _unmeasured;
    private bool _isMeasured;
    private Wait _kind;

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
            _began = Environment.TickCount64;
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
            bool isShort = run.Edge.IsSystemClock && run.Edge.Elapsed(now - _began) < s_short;
            _unmeasured = (byte)(isShort ? OneIn - 1 : 0);
            if (isShort)
            {
                _lastUnthreaded = (uint)Math.Max(0, now - _woken);
                (_kind == Wait.Room ? ref _lastBlocked : ref _lastStarved) = (uint)Math.Max(0, _woken - _began);
            }
        }
        else if (Environment.TickCount64 - _began is var waited && waited >= Coarse)
        {
            Add(run.Edge.TicksOf(waited));
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
    public IslandTimes Of(long all, long now, bool isAsleep, PipelineRun run)
    {
        long starved = _starved.At(now);
        long blocked = _blocked.At(now);
        if (isAsleep && !_isMeasured && Environment.TickCount64 - Volatile.Read(ref _began) is var waited && waited >= Coarse)
        {
            starved += _kind == Wait.Input ? run.Edge.TicksOf(waited) : 0;
            blocked += _kind == Wait.Room ? run.Edge.TicksOf(waited) : 0;
        }

        return IslandTimes.Of(all, starved, blocked, _unthreaded.At(now));
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private ref WaitTime Account(Wait kind) => ref kind == Wait.Room ? ref _blocked : ref _starved;
}
