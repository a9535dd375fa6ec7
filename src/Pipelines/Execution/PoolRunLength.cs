namespace Pipelines.Execution;

// How many items a worker takes at once, by what the last ones took.
internal sealed partial class PoolIsland<TIn, TOut>
{
    /// <summary>A run of that many items took that long: chooses the length of the next.</summary>
    public void Measured(int items, long time)
    {
        _isQuick = time < _quickRun && 2L * items > _longestRun;
        if (time < _shortRun)
        {
            if (items >= _runLength)
            {
                _runLength = Math.Min(2 * items, _longestRun);
            }
        }
        else if (time > _longRun)
        {
            _runLength = (int)Math.Max(1, items * _goodRun / time);
        }
    }

    /// <summary>Whether a run that has taken that long is to be cut short.</summary>
    public bool IsTooLong(long time) => time > _longRun;

    /// <summary>After how many items a run is to look at the clock: work that was quick and has become slow must not hold a whole run's results back.</summary>
    public int Glance => _isQuick ? 32 : 16;

    /// <summary>An item was pending: from here on one item at a time, until items complete at once again.</summary>
    public void MeasuredPending()
    {
        _runLength = 1;
        _isQuick = false;
    }
}
