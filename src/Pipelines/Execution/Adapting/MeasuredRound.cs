namespace Pipelines.Execution;

/// <summary>Samples of a <see cref="ParallelismController"/> that are looked at together.</summary>
internal struct MeasuredRound
{
    // Shorter ones would say more of threads and timers than of the items.
    private const int InASecond = 1000;

    // What varies is measured for longer, up to so many times as long.
    private const int Longest = 4;
    private const double Precise = 0.05;

    // So far wrong may a time be that was measured once or twice.
    private const double Guess = 0.3;

    private readonly long _shortest;
    private long _began;
    private int _samples;
    private int _timed;
    private long _items;
    private long _failed;
    private double _time;
    private long _timedItems;
    private double _squares;
    private long _atWork;

    public MeasuredRound(long ticksPerSecond) => _shortest = ticksPerSecond / InASecond;

    public void Add(long now, long time, int items, int failed, int atWork)
    {
        _began = _samples == 0 ? now - time : _began;
        _samples++;
        _items += items;
        _failed += failed;
        _atWork += atWork;
        if (failed == 0)
        {
            double one = (double)time / items;
            _timed++;
            _timedItems += items;
            _time += time;
            _squares += one * one;
        }
    }

    public readonly bool IsLongEnough(long now, int samples) => _samples >= samples && now - _began >= _shortest;

    public readonly bool IsVeryLong(int samples) => _samples >= (long)Longest * samples;

    public readonly Figures Figures()
    {
        double time = _timedItems == 0 ? 0 : _time / _timedItems;
        double variance = _timed == 0 ? 0 : Math.Max(0, (_squares / _timed) - (time * time));
        double error = time == 0 ? 0 : Math.Sqrt(variance / _timed) / time;
        error = error < 1e-6 ? 0 : error; // what is left of rounding
        return new(
            (double)_atWork / _samples, time, _timed > 2 ? error : Math.Max(error, Guess), (double)_failed / _items, _samples, _timed > 1 && error > Precise);
    }

    public void Clear()
    {
        long shortest = _shortest;
        this = new MeasuredRound(shortest * InASecond);
    }
}

/// <summary>What a round has come to.</summary>
/// <param name="AtWork">How many workers had items in hand, on average.</param>
/// <param name="Time">What an item took, in ticks; 0 if nothing can be said.</param>
/// <param name="Error">How far that may be wrong, as a share of it.</param>
/// <param name="Failed">The share of items that failed.</param>
/// <param name="Samples">How many samples it is made of.</param>
/// <param name="IsVague">Whether more of them would tell more.</param>
internal readonly record struct Figures(double AtWork, double Time, double Error, double Failed, int Samples, bool IsVague)
{
    /// <summary>Items that got through in a tick, by Little's law: it holds also where they end many at once.</summary>
    public double Rate => AtWork / Time * (1 - Failed);
}
