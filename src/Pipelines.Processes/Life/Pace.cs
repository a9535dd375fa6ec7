namespace Pipelines.Processes;

/// <summary>How many items a worker is to have in hand: enough that it never waits for the next, and no more, since others cannot do it.</summary>
/// <remarks>As many as take a millisecond, by what the last ones took, the way here and back included: that is many times what a wake-up takes. Two at least:
/// one that is worked on, and the next.</remarks>
internal sealed class Pace(int most, long ticksPerSecond)
{
    private readonly long _horizon = Math.Max(1, ticksPerSecond / 1000);
    private readonly long _quick = Math.Max(1, ticksPerSecond / 100_000);
    private long _since;
    private int _items;

    public int Wanted { get; private set; } = Math.Min(2, most);

    /// <summary>They are done so fast that there is nothing to share out.</summary>
    public bool IsQuick { get; private set; }

    /// <summary>It begins to wait for answers, with something in hand.</summary>
    public void Begin(long now) => (_since, _items) = (now, 0);

    /// <summary>So many have been answered.</summary>
    public void Answered(int items, long now)
    {
        _items += items;
        long time = now - _since;
        if (_items == 0 || (time < _horizon / 16 && _items < Wanted))
        {
            return; // too little to tell
        }

        long fits = time <= 0 ? most : Math.Min(most, _horizon * _items / time);
        Wanted = (int)Math.Clamp(fits, Math.Min(2, most), Math.Min(most, 4L * Wanted));
        IsQuick = fits >= most / 2 || time / _items < _quick;
        Begin(now);
    }
}
