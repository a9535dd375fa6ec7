namespace Pipelines;

/// <summary>The counters of one run, as a meter may show them: none ever goes down.</summary>
/// <remarks>
/// The counts of a run that goes on are read one after the other, and some are differences, so that one may look smaller than it did a moment ago.
/// Whoever collects counters takes that for a new beginning; so each is at least what it was. Several collectors may ask at once.
/// </remarks>
internal sealed class RunTotals
{
    private readonly Dictionary<Series, long> _reached = [];

    /// <summary>The counts and times (in ticks) of a report, none smaller than ever before.</summary>
    public Dictionary<Series, long> Of(string pipeline, IReadOnlyList<BlockReport> blocks)
    {
        lock (_reached)
        {
            foreach (BlockReport block in blocks)
            {
                Raise(Total.Out, block.Out);
                Raise(Total.Filtered, block.Filtered);
                Raise(Total.Failed, block.Failed);
                Raise(Total.Dropped, block.Dropped);
                Raise(Total.Undelivered, block.Undelivered);
                Raise(Total.Busy, block.Busy.Ticks);
                Raise(Total.Starved, block.Starved.Ticks);
                Raise(Total.Blocked, block.Blocked.Ticks);
                Raise(Total.Unthreaded, block.Unthreaded.Ticks);

                void Raise(Total total, long value)
                {
                    var series = new Series(pipeline, block.Name, total);
                    _reached[series] = Math.Max(value, _reached.GetValueOrDefault(series));
                }
            }

            return new(_reached);
        }
    }
}
