namespace Pipelines.Hosting;

/// <summary>How long to wait before a failed pipeline is started again, and how often. The wait doubles with each failure in a row.</summary>
public sealed record RestartBackoff
{
    /// <summary>How long to wait after the first failure.</summary>
    /// <value>Default 1 second. Not negative.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan Initial { get; init => field = NotNegative(value, nameof(Initial)); } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait at most.</summary>
    /// <value>Default 1 minute. Not negative.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan Maximum { get; init => field = NotNegative(value, nameof(Maximum)); } = TimeSpan.FromMinutes(1);

    /// <summary>How long a run must have gone well for its failure to count as the first again.</summary>
    /// <value>Default 5 minutes. Not negative.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan ResetAfter { get; init => field = NotNegative(value, nameof(ResetAfter)); } = TimeSpan.FromMinutes(5);

    /// <summary>How many failures in a row are answered by a restart. The next one stops the host.</summary>
    /// <value>Default null: all of them. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? MaxRestarts
    {
        get;
        init => field = value is null or >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxRestarts), value, "It counts restarts; it must be 1 or more, or null for no limit.");
    }

    /// <summary>How long to wait after so many failures in a row.</summary>
    internal TimeSpan After(int failures)
    {
        double longest = Math.Max(Maximum.Ticks, Initial.Ticks);
        return TimeSpan.FromTicks((long)Math.Min(longest, Initial.Ticks * Math.Pow(2, Math.Min(failures - 1, 62))));
    }

    private static TimeSpan NotNegative(TimeSpan value, string name) =>
        value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(name, value, "A time to wait must be zero or more.");
}
