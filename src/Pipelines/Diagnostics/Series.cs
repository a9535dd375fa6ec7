namespace Pipelines;

/// <summary>What a counter counts.</summary>
internal enum Total
{
    Out,
    Filtered,
    Failed,
    Dropped,
    Undelivered,
    Busy,
    Starved,
    Blocked,
    Unthreaded,
}

/// <summary>One line of a counter in time.</summary>
internal readonly record struct Series(string Pipeline, string Block, Total Total);
