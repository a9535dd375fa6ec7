namespace Pipelines.Execution;

/// <summary>How many items a worker takes at once, by what the last ones took.</summary>
/// <remarks>
/// Doubled while a run takes less than 30 us, cut to what would have taken about 50 us as soon as one takes more than 100 us. Written by whoever has measured
/// a run: a lost update does no harm.
/// After joblib's batching by measured time.
/// </remarks>
internal sealed class RunLength
{
    // In ticks of the run's clock.
    private readonly long _quickRun;
    private readonly long _shortRun;
    private readonly long _goodRun;
    private readonly long _longRun;

    public RunLength(int longest, long ticksPerSecond)
    {
        Longest = Math.Max(1, longest);
        long microsecond = Math.Max(1, ticksPerSecond / 1_000_000);
        (_quickRun, _shortRun, _goodRun, _longRun) = (10 * microsecond, 30 * microsecond, 50 * microsecond, 100 * microsecond);
    }

    /// <summary>The most there can be.</summary>
    public int Longest { get; private set; }

    /// <summary>How many to take next.</summary>
    public int Current { get; private set; } = 1;

    /// <summary>A run of nearly the greatest length takes less than 10 us: there is nothing to balance.</summary>
    public bool IsQuick { get; private set; }

    /// <summary>After how many items a run is to look at the clock: work that was quick and has become slow must not hold a whole run's results back.</summary>
    public int Glance => IsQuick ? 32 : 16;

    /// <summary>There can be so many at most, from now on.</summary>
    public void Limit(int longest)
    {
        Longest = Math.Max(1, longest);
        Current = Math.Min(Current, Longest);
    }

    /// <summary>A run of that many items took that long: chooses the length of the next.</summary>
    public void Measured(int items, long time)
    {
        IsQuick = time < _quickRun && 2L * items > Longest;
        if (time < _shortRun)
        {
            if (items >= Current)
            {
                Current = Math.Min(2 * items, Longest);
            }
        }
        else if (time > _longRun)
        {
            Current = (int)Math.Max(1, items * _goodRun / time);
        }
    }

    /// <summary>An item was pending: from here on one item at a time, until items complete at once again.</summary>
    public void MeasuredPending() => (Current, IsQuick) = (1, false);

    /// <summary>Whether a run that has taken that long is to be cut short.</summary>
    public bool IsTooLong(long time) => time > _longRun;
}
