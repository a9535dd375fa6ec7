using System.Collections.Concurrent;

namespace Pipelines.Hosting;

/// <summary>Warns of each item that a block has left out, and of no more than so many in ten seconds: a source of nothing but failures must not fill a
/// disk.</summary>
/// <remarks>Called by the blocks' own loops, several at once. A block's count is under its own lock, and nothing is logged there.</remarks>
internal sealed class LeftOutLog(string pipeline, HostedPipelineOptions options, HostLog log, TimeProvider clock)
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Period> _periods = new(StringComparer.Ordinal);

    public void Skipped(DeadLetter letter)
    {
        if (MayLog(letter.Block))
        {
            log.Skipped(pipeline, letter.Block, ItemOf(letter), letter.Exception);
        }
    }

    public void DeadLetter(DeadLetter letter)
    {
        if (MayLog(letter.Block))
        {
            log.DeadLetter(pipeline, letter.Block, ItemOf(letter), letter.Exception);
        }
    }

    /// <summary>Says how many there were that nobody has heard of: now and then, and when the run has ended.</summary>
    public void Flush()
    {
        foreach ((string block, Period period) in _periods)
        {
            if (period.TakeUnlogged() is var count and > 0)
            {
                log.NotLogged(pipeline, block, count);
            }
        }
    }

    private bool MayLog(string block)
    {
        bool mayLog = _periods.GetOrAdd(block, static _ => new()).MayLog(clock.GetTimestamp(), clock, options.WarningsInTenSeconds, out long unlogged);
        if (unlogged > 0)
        {
            log.NotLogged(pipeline, block, unlogged);
        }

        return mayLog;
    }

    private string? ItemOf(DeadLetter letter) => options.LogItems ? letter.ToString() : null;

    private sealed class Period
    {
        private readonly Lock _gate = new();
        private bool _hasBegun;
        private long _began;
        private int _logged;
        private long _unlogged;

        public bool MayLog(long now, TimeProvider clock, int most, out long unlogged)
        {
            TimeSpan elapsed = _hasBegun ? clock.GetElapsedTime(Volatile.Read(ref _began), now) : s_period;
            lock (_gate)
            {
                unlogged = 0;
                if (!_hasBegun || elapsed >= s_period)
                {
                    (unlogged, _unlogged) = (_unlogged, 0);
                    (_hasBegun, _began, _logged) = (true, now, 0);
                }

                if (_logged < most)
                {
                    _logged++;
                    return true;
                }

                _unlogged++;
                return false;
            }
        }

        public long TakeUnlogged()
        {
            lock (_gate)
            {
                (long unlogged, _unlogged) = (_unlogged, 0);
                return unlogged;
            }
        }
    }
}
