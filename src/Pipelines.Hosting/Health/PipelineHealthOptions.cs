namespace Pipelines.Hosting;

/// <summary>When the health check of a hosted pipeline calls it degraded.</summary>
public sealed class PipelineHealthOptions
{
    /// <summary>How long a block may not move although it has input, or an item at work, before it is called stuck.</summary>
    /// <value>Default 1 minute. Above zero. Longer than the longest item takes.</value>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The greatest share of its items that a block may fail on.</summary>
    /// <value>Default 0.1: one in ten. Between 0 and 1; 1 for no limit.</value>
    public double MaxFailedShare { get; set; } = 0.1;

    /// <summary>Over how long the share of failed items is taken.</summary>
    /// <value>Default 5 minutes. Above zero.</value>
    public TimeSpan FailedOver { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many items a block must have dealt with in that time for its share to say anything.</summary>
    /// <value>Items; default 100. At least 1.</value>
    public int FailedOfAtLeast { get; set; } = 100;

    internal IEnumerable<string> Refusals()
    {
        if (StuckAfter <= TimeSpan.Zero)
        {
            yield return $"{nameof(StuckAfter)} is {StuckAfter}, and must be above zero.";
        }

        if (MaxFailedShare is not (>= 0 and <= 1))
        {
            yield return $"{nameof(MaxFailedShare)} is {MaxFailedShare}, and must be between 0 and 1.";
        }

        if (FailedOver <= TimeSpan.Zero)
        {
            yield return $"{nameof(FailedOver)} is {FailedOver}, and must be above zero.";
        }

        if (FailedOfAtLeast < 1)
        {
            yield return $"{nameof(FailedOfAtLeast)} is {FailedOfAtLeast}, and must be 1 or more.";
        }
    }
}
