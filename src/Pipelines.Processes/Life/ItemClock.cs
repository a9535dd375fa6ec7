namespace Pipelines.Processes;

/// <summary>How long a process has been at work on one item, as far as looks from time to time can tell: never longer than it was.</summary>
internal sealed class ItemClock
{
    private long _begun = -1;
    private long _since;

    /// <summary>Nothing is begun.</summary>
    public void Reset() => _begun = -1;

    /// <summary>Looks at how many items were begun, of which the last is not answered. How long it has been seen; null if it is new.</summary>
    public long? Look(long begun, long now)
    {
        if (begun == _begun)
        {
            return now - _since;
        }

        (_begun, _since) = (begun, now);
        return null;
    }
}
