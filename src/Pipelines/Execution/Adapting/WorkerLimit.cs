namespace Pipelines.Execution;

/// <summary>How many workers of a block may be awake, which may change while it runs.</summary>
/// <remarks>Written under the block's gate. Who has more workers awake than this lets those lie down that come to claim; who has fewer wakes one, who
/// wakes the next if there is work for it.</remarks>
internal struct WorkerLimit(int first)
{
    private const double Most = long.MaxValue / 4;

    private int _current = first;
    private long _unlike;

    public readonly int Current => Volatile.Read(in _current);

    /// <summary>How much more time all allowed workers had than if the current number had held from the beginning.</summary>
    public readonly long Unlike => Volatile.Read(in _unlike);

    /// <summary>So many from now on.</summary>
    /// <param name="value">How many.</param>
    /// <param name="sinceBegin">How long the block has been at work.</param>
    public void Set(int value, long sinceBegin)
    {
        double unlike = _unlike - ((value - (double)_current) * sinceBegin);
        Volatile.Write(ref _unlike, (long)Math.Clamp(unlike, -Most, Most)); // a parallelism may mean as many as there are
        Volatile.Write(ref _current, value);
    }
}

/// <summary>An island with workers, whose number can be set.</summary>
internal interface IWorkers
{
    /// <summary>How much more time all allowed workers had than if the current number had held from the beginning: see <see
    /// cref="IslandTimes"/>.</summary>
    long Unlike { get; }

    /// <summary>Why the number cannot be set to that; null if it can.</summary>
    string? WhyNot(int workers);

    /// <summary>So many workers from now on, by hand. Any thread, under no lock.</summary>
    void SetWorkers(int workers);
}
