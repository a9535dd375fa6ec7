namespace Pipelines.Execution;

/// <summary>How long something has been on its way through the blocks that are fused behind a pool, one item at a time whatever the number of
/// workers.</summary>
/// <remarks>
/// Whoever has the baton writes it. As in <see cref="WaitBook"/>, where a pass is short one in <see cref="OneIn"/> is measured and stands for the others,
/// which the coarse clock of the system sees when
/// they were not short after all; under a clock of the user's own each is measured.
/// </remarks>
internal struct PassingTime
{
    private const int OneIn = 16;
    private const long Coarse = 20; // milliseconds: what the coarse clock tells apart, with a margin
    private static readonly TimeSpan s_short = TimeSpan.FromMicroseconds(20);

    private WaitTime _passing;
    private long _began;
    private long _last;
    private byte _unmeasured;
    private bool _isMeasured;

    /// <summary>Something is passed on from now on.</summary>
    public void Begin(PipelineRun run)
    {
        _isMeasured = _unmeasured == 0;
        if (_isMeasured)
        {
            _began = run.Now;
            _passing.Begin(_began);
        }
        else
        {
            _unmeasured--;
            _began = Environment.TickCount64;
        }
    }

    /// <summary>It has been.</summary>
    public void End(PipelineRun run)
    {
        if (_isMeasured)
        {
            long now = run.Now;
            _passing.End(now);
            bool isShort = run.Edge.IsSystemClock && run.Edge.Elapsed(now - _began) < s_short;
            (_unmeasured, _last) = isShort ? ((byte)(OneIn - 1), Math.Max(0, now - _began)) : default;
        }
        else if (Environment.TickCount64 - _began is var passed && passed >= Coarse)
        {
            _passing.Add(run.Edge.TicksOf(passed));
            _unmeasured = 0;
        }
        else
        {
            _passing.Add(_last);
        }
    }

    /// <summary>How long in all, up to now.</summary>
    public readonly long At(long now) => _passing.At(now);
}
