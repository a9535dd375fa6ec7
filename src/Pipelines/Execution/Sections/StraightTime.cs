namespace Pipelines.Execution;

/// <summary>How long the results that a worker of a section passes straight on are on their way through the blocks behind it.</summary>
/// <remarks>
/// Such a worker interleaves its own items with what comes of them, so each result would need two looks at the clock. As in <see cref="PassingTime"/>, where
/// they are short one in so many is measured, and stands for those before it; under a clock of the user's own each is. Whoever has the baton writes it.
/// </remarks>
internal struct StraightTime
{
    private const int OneIn = 64;
    private static readonly TimeSpan s_short = TimeSpan.FromMicroseconds(20);

    private long _total;
    private int _left;
    private int _standsFor;

    /// <summary>Whether the next one is to be measured. Counts it if not.</summary>
    public bool IsDue => --_left < 0;

    /// <summary>All of them, up to now. Any thread.</summary>
    public readonly long Total => Volatile.Read(in _total);

    /// <summary>There is nothing to be measured.</summary>
    public void Never() => _left = int.MaxValue;

    /// <summary>One took that long.</summary>
    public void Measured(PipelineRun run, long time)
    {
        time = Math.Max(0, time);
        Volatile.Write(ref _total, _total + (time * (_standsFor + 1)));
        bool isShort = run.Edge.IsSystemClock && run.Edge.Elapsed(time) < s_short;
        _standsFor = _left = isShort ? OneIn - 1 : 0;
    }
}
