namespace Pipelines.Console;

/// <summary>How a run is shown.</summary>
public sealed record ShowOptions
{
    internal static readonly ShowOptions Default = new();

    /// <summary>How often the table is drawn anew, or a line is printed.</summary>
    /// <value>Default null: four times a second for the table, every five seconds for lines. Above zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan? Interval
    {
        get;
        init => field = value is null || value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Interval), value, "An interval must be above zero; null means the default.");
    }

    /// <summary>Whether a table is drawn over and over, or lines are printed one below the other.</summary>
    /// <value>Default null: a table on a terminal that can draw, lines where the output is redirected.</value>
    public bool? Live { get; init; }

    /// <summary>The clock of the refreshing.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public TimeProvider TimeProvider
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(TimeProvider));
            field = value;
        }
    } = TimeProvider.System;
}
