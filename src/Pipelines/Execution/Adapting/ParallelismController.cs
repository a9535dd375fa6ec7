namespace Pipelines.Execution;

/// <summary>Finds how many items should be at work at once, from what each has taken.</summary>
/// <remarks>
/// <para>Nothing but arithmetic: it asks no clock and starts nothing, so that the same samples have the same outcome. Not for several threads.</para>
/// <para><b>Rounds.</b> It decides once a round, which is about as many samples as are at work at once, of items that were begun after the last change, and
/// more of them while what they take varies much: see <see cref="MeasuredRound"/>.</para>
/// <para><b>Throughput first.</b> It doubles its value as long as the round's time is the best one, within the error of measurement; so items a second double
/// too. Later it goes up by 1, 2, 4 ... while that is so.</para>
/// <para><b>Then latency.</b> Of F items at work in a time T, where the best is B, F * (1 - B / T) wait in a queue (TCP Vegas, and Netflix's VegasLimit). One
/// is as it should be: then the server is never idle. If there are more, in two rounds one after the other, the value goes down to F * B / T, no
/// lower than half (the multiplicative decrease of Vector's adaptive request concurrency), and stays there for some rounds, longer each time that going up
/// was certainly in vain.</para>
/// <para><b>The gradient decides.</b> A longer time need not be a queue: the items, or the server, may have become slower. So when the value has gone down it
/// looks at the items a second: if they have gone down with it, twice, that was no queue. Then it goes back up, and the time there is the best one from now
/// on. So it goes on along a throughput that rises ever less, until a tenth more at work brings less than some three hundredths.</para>
/// <para><b>Failures.</b> A share of failed items that is greater than usual says that some were refused. It goes back to the greatest value at which none
/// were, and does not go up from there for some rounds, twice as many after each refusal: a call that is refused takes no time, so that one worker too
/// many makes more of them than all others do work. If fewer at once fail as often, that share is the usual one.</para>
/// </remarks>
internal sealed class ParallelismController
{
    private const int MostPatience = 8;
    private const int MostCaution = 64;
    private const int MostWeight = 64;
    private const double LeastGradient = 0.3;
    private const double MostGradient = 1.5;
    private const double Unusual = 0.1; // so much greater a share of failures

    private readonly int _minimum;
    private readonly int _maximum;
    private MeasuredRound _round;
    private long _changedAt = long.MinValue;
    private int _toSkip;

    // The time of an item when nothing waits, from how many samples that is, and how far it may be wrong, as a share.
    private double _best;
    private int _weight;
    private double _bestError;
    private double _usualFailures;

    private bool _doubles = true;
    private int _step = 1;
    private int _patience = 1;
    private int _hold; // rounds to stay as it is
    private int _caution = 1; // for how many rounds it does not go up behind a refusal
    private int _heldBack; // how many of these are left
    private int _unrefused; // the greatest value at which there was none
    private bool _hasQueue; // a short one, as it should be
    private int _good; // the value at which there was none
    private bool _isSuspicious; // the last round had too long a queue
    private Tried? _before; // before it went down
    private bool _isDoubted; // once it has looked as if that had been wrong

    public ParallelismController(AdaptiveParallelism bounds, long ticksPerSecond)
    {
        (_minimum, _maximum) = (bounds.Minimum, bounds.Maximum);
        Current = _minimum;
        _round = new MeasuredRound(ticksPerSecond);
    }

    private readonly record struct Tried(int Value, double Rate, Figures At);

    /// <summary>How many items should be at work.</summary>
    public int Current { get; private set; }

    /// <summary>Items that a worker had in hand one after the other are done.</summary>
    /// <param name="now">When that is, in ticks.</param>
    /// <param name="time">How long they took, all together.</param>
    /// <param name="items">How many they are.</param>
    /// <param name="failed">How many of them failed.</param>
    /// <param name="atWork">How many workers had items in hand, this one included.</param>
    public void Sample(long now, long time, int items, int failed, int atWork)
    {
        if (now - time < _changedAt)
        {
            return; // begun when another value held
        }

        if (_toSkip > 0)
        {
            _toSkip--;
            return;
        }

        _round.Add(now, time, items, failed, atWork);
        int wanted = Math.Max(Current, _doubles ? 2 : 8);
        if (!_round.IsLongEnough(now, wanted))
        {
            return;
        }

        Figures figures = _round.Figures();
        if (figures.Time > 0 && figures.IsVague && !_round.IsVeryLong(wanted) && !IsFarTooSlow(figures))
        {
            return;
        }

        _round.Clear();
        Change(figures.Time > 0 || figures.Failed >= 1 ? Decide(figures) : Current, now);
    }

    private void Change(int value, long now)
    {
        value = Math.Clamp(value, _minimum, _maximum);
        if (value == Current)
        {
            return;
        }

        _toSkip = value < Current ? value : 0; // what is begun first meets with what was there before
        (Current, _changedAt, _isSuspicious) = (value, now, false);
    }

    private int Decide(Figures figures)
    {
        if (figures.Failed >= 1)
        {
            return Refused(figures, 0.5);
        }

        if (_before is { } before && Current < before.Value && Judge(before, figures) is { } verdict)
        {
            return verdict;
        }

        (_before, _isDoubted) = (null, false);
        NoteBest(figures);
        if (figures.Failed > _usualFailures + Unusual)
        {
            return Refused(figures, 0.7);
        }

        if (Current > _unrefused)
        {
            (_unrefused, _caution) = (Current, 1);
        }

        (int most, _heldBack) = _heldBack > 0 ? (Current, _heldBack - 1) : (int.MaxValue, 0);
        return Math.Min(most, ByQueue(figures));
    }

    private int ByQueue(Figures figures)
    {
        double queue = figures.AtWork * (1 - (_best / figures.Time));
        double tolerance = Math.Max(Math.Max(1, 0.1 * figures.AtWork), 1.5 * Math.Sqrt(Squared(figures.Error) + Squared(_bestError)) * figures.AtWork);
        if (queue > 1.5 * tolerance)
        {
            return Overloaded(figures, Math.Max(0.5, _best / figures.Time));
        }

        _isSuspicious = false;
        return figures.AtWork < Current / 2.0 ? Current // it is not this block that limits
            : queue > 0.5 * tolerance ? WithShortQueue()
            : WithoutQueue(figures);
    }

    // Null: going down was right, or nothing can be said.
    private int? Judge(Tried before, Figures figures)
    {
        double cut = 1 - ((double)Current / before.Value);
        if (before.At.Failed > _usualFailures + Unusual)
        {
            if (figures.Failed > 0.7 * before.At.Failed)
            {
                (_usualFailures, _heldBack, _caution) = (figures.Failed, 0, 1);
                return before.Value;
            }

            return null;
        }

        double lost = 1 - (figures.Rate / before.Rate);
        double error = 2 * Math.Sqrt(Squared(figures.Error) + Squared(before.At.Error));
        if (lost <= Math.Max(LeastGradient * cut, error) || lost > (MostGradient * cut) + error)
        {
            return null; // nothing lost; or so much that something else has changed
        }

        if (!_isDoubted)
        {
            _isDoubted = true;
            return Current;
        }

        (_best, _weight, _bestError) = (before.At.Time, MostPatience, before.At.Error);
        (_step, _patience, _hold, _before, _isDoubted) = (1, 1, 0, null, false);
        return before.Value;
    }

    private int WithShortQueue()
    {
        (_doubles, _step) = (false, 1);
        _hold = _hasQueue ? _hold - 1 : MostPatience;
        _hasQueue = true;
        if (_hold > 0)
        {
            return Current;
        }

        _hold = MostPatience;
        return Current + 1; // from time to time: is it worth it?
    }

    private int WithoutQueue(Figures figures)
    {
        _hold = _hasQueue ? 0 : _hold;
        _hasQueue = false;
        _good = Current;
        if (figures.Time > _best && !_doubles)
        {
            Average(figures); // else what was the best by chance would stay so
        }

        if (_hold > 0)
        {
            _hold--;
            return Current;
        }

        if (_doubles)
        {
            return Sum(Current, Current);
        }

        int step = _step;
        _step = Math.Min(Math.Max(1, Current / 2), Sum(step, step));
        return Sum(Current, step);
    }

    // Who refuses does so at once, so that one too many makes many items fail: it goes back to where none did, and stays there, longer each time.
    private int Refused(Figures figures, double share)
    {
        (_doubles, _step) = (false, 1);
        if (!_isSuspicious && figures.Failed < _usualFailures + (3 * Unusual))
        {
            _isSuspicious = true;
            return Current;
        }

        (_isSuspicious, _isDoubted, _hasQueue) = (false, false, false);
        _before = figures.Time > 0 ? new Tried(Current, figures.Rate, figures) : null;
        if (_unrefused >= Current || 2 * _unrefused < Current)
        {
            (_unrefused, _caution) = ((int)(Math.Min(Current, Math.Max(figures.AtWork, 1)) * share), 1); // never so low, or too long ago
        }

        _heldBack = _caution = Math.Min(MostCaution, 2 * _caution);
        return Math.Max(1, _unrefused);
    }

    private int Overloaded(Figures figures, double share)
    {
        bool isSure = _isSuspicious;
        bool isFar = figures.Failed == 0 && IsFarTooSlow(figures);
        (_doubles, _step) = (false, 1);
        if (!isSure && !isFar)
        {
            _isSuspicious = true;
            return Current;
        }

        (_isSuspicious, _isDoubted, _hasQueue) = (false, false, false);
        _before = isSure && figures.Time > 0 ? new Tried(Current, figures.Rate, figures) : null;
        _patience = figures.Error < 0.03 ? Math.Min(MostPatience, 2 * _patience) : 1;
        _hold = _patience;
        int value = Math.Max(1, (int)Math.Round(Math.Min(Current, Math.Max(figures.AtWork, 1)) * share));
        return share >= 0.75 && value < _good && _good < Current ? _good : value;
    }

    // While it doubles: it need not be measured any better.
    private bool IsFarTooSlow(Figures figures) =>
        _doubles && _best > 0 && figures.Time * (1 - (2 * figures.Error)) > 1.5 * _best * (1 + (2 * _bestError));

    private void NoteBest(Figures figures)
    {
        double near = Math.Min(0.6, 2 * Math.Sqrt(Squared(figures.Error) + Squared(_bestError)));
        bool isAlone = Current == 1 && !_doubles; // then there is no queue of ours
        if (_weight == 0 || figures.Time < _best * (1 - near) || (isAlone && figures.Time > _best))
        {
            (_best, _weight, _bestError) = (figures.Time, figures.Samples, figures.Error);
        }
        else if (figures.Time < _best || (_doubles && figures.Time < _best * (1 + Math.Max(near, 0.05))))
        {
            Average(figures);
        }
    }

    private void Average(Figures figures)
    {
        double part = (double)figures.Samples / (figures.Samples + _weight);
        _best += part * (figures.Time - _best);
        _weight = Math.Min(MostWeight, _weight + figures.Samples);
        _bestError = Math.Sqrt(Squared((1 - part) * _bestError) + Squared(part * figures.Error));
    }

    private static double Squared(double value) => value * value;

    private static int Sum(int one, int other) => (int)Math.Min(int.MaxValue, (long)one + other);
}
