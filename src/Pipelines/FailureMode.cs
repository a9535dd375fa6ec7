namespace Pipelines;

/// <summary>What becomes of what is in flight when a block fails.</summary>
public sealed class FailureMode
{
    private FailureMode(TimeSpan? timeout) => Limit = timeout;

    /// <summary>Everything ends at once: what has not reached a consumer is counted as undelivered. The default.</summary>
    public static FailureMode Abort { get; } = new(timeout: null);

    internal bool Drains => Limit is not null;

    internal TimeSpan Timeout => Limit ?? TimeSpan.Zero;

    private TimeSpan? Limit { get; }

    /// <summary>
    /// Producers stop, and what was in flight in front of the failed item is delivered, through all later links, partial batches too; nothing behind it is.
    /// Then the run fails.
    /// </summary>
    /// <param name="timeout">After how long what is left is aborted, by the run's <see cref="PipelineOptions.TimeProvider"/>;
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for never.</param>
    /// <returns>The mode.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative.</exception>
    public static FailureMode Drain(TimeSpan timeout)
    {
        if (timeout != System.Threading.Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        return new(timeout);
    }

    /// <summary>The mode in a word.</summary>
    /// <returns>As it is written in code.</returns>
    public override string ToString() => Limit is { } timeout ? $"{nameof(Drain)}({timeout})" : nameof(Abort);
}
