namespace Pipelines.Execution;

/// <summary>Finds out which blocks of a section its workers spend their time in, by looking at them now and then.</summary>
/// <remarks>
/// To measure each block would cost each item two looks at the clock a block. Instead a worker that has come to the end of a run, which has nothing to do with
/// where the others are, looks at one of them, and takes that for the time since the last look. Under the section's gate.
/// </remarks>
internal sealed class SectionSampler(long ticksPerSecond)
{
    private const int LooksInASecond = 20_000;

    private readonly long _least = ticksPerSecond / LooksInASecond;
    private long _looked;
    private int _next;

    /// <summary>Looks at one of the others, if the last look is some time ago.</summary>
    /// <param name="worker">Who looks.</param>
    /// <param name="workers">All of them.</param>
    /// <param name="now">The moment.</param>
    public void Look<TIn, TOut>(SectionWorker<TIn, TOut> worker, List<SectionWorker<TIn, TOut>> workers, long now)
    {
        long since = now - _looked;
        if (since < _least || workers.Count < 2)
        {
            return;
        }

        bool isFirst = _looked == 0;
        _looked = now;
        _next = (_next + 1) % workers.Count;
        _next = workers[_next] == worker ? (_next + 1) % workers.Count : _next;
        if (!isFirst && workers[_next].Inside is SectionBlock block)
        {
            block.Sampled += since;
        }
    }
}
