namespace Pipelines.Execution;

/// <summary>How long somebody has waited in all, a wait under way included.</summary>
/// <remarks>
/// One word, so that a reader on another thread never sees half of a change: awake it is the time waited so far, asleep it is that
/// minus the moment the wait began. Moments are counted from 1 at the start of the run and nobody has waited longer than there was time,
/// so asleep it is negative; where a clock runs backwards it is made so. One thread at a time writes.
/// </remarks>
internal struct WaitTime
{
    private long _word;

    public void Begin(long now) => Volatile.Write(ref _word, Math.Min(-1, _word - now));

    public void End(long now) => Volatile.Write(ref _word, Math.Max(0, _word + now));

    /// <summary>So much more was waited, while it is awake.</summary>
    public void Add(long time) => Volatile.Write(ref _word, _word + time);

    /// <summary>The time waited up to now.</summary>
    public readonly long At(long now) => Volatile.Read(in _word) is var word && word < 0 ? Math.Max(0, word + now) : word;
}
