namespace Pipelines.AspNetCore;

/// <summary>What the hub keeps of a run while somebody looks: an earlier report, to name the bottleneck of the last seconds, and the figures over
/// time.</summary>
/// <remarks>Used by the hub's loop only, but for the timeline, which is read by who comes.</remarks>
internal sealed class RunTrack
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(5);

    // To find it is most of the work of a line in the list: there every few seconds do.
    private const int TicksOfASentence = 5;

    private int _ticks;
    private string? _sentence;
    private PipelineReport? _older;
    private PipelineReport? _newer;

    public PipelineTimeline Timeline { get; } = new();

    /// <summary>What does not change of the run, written once.</summary>
    public byte[]? Graph { get; set; }

    /// <summary>The bottleneck of a run that has ended, found once.</summary>
    public string? EndSentence { get; set; }

    /// <summary>The bottleneck for the list, a few seconds old at most.</summary>
    public string? SentenceOf(PipelineReport now, PipelineReport? since, string state)
    {
        if (state == PageSampler.Paused)
        {
            _ticks = 0;
            return null;
        }

        if (_ticks++ % TicksOfASentence == 0)
        {
            _sentence = (since is null ? now : ReportDelta.Between(since, now)).Bottleneck;
        }

        return _sentence;
    }

    /// <summary>Takes the newest report. Returns one that is between five and ten seconds older, or the oldest there is.</summary>
    public PipelineReport? Since(PipelineReport now)
    {
        _older ??= now;
        _newer ??= now;
        if (now.Elapsed - _newer.Elapsed >= s_window)
        {
            (_older, _newer) = (_newer, now);
        }

        return _older.Elapsed < now.Elapsed && now.Elapsed > 2 * s_window ? _older : null;
    }
}
