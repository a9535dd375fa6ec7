using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>Books how long user code waits on one side of a link that it holds in its own hands.</summary>
/// <remarks>
/// <para>Several of its tasks may wait at once: it is one wait from the first that falls asleep until they are woken. Called under the link's lock.</para>
/// <para>The clock is asked, and the count of what executes lowered, behind that lock. So a wait may be booked to end before it is booked to begin: moments
/// are added to one sum with either sign, and additions commute; so do those of <see cref="CodeSides"/>.</para>
/// </remarks>
internal sealed class SideWatch : ISleepObserver
{
    private readonly PipelineRun _run;
    private readonly CodeSides? _sides;
    private readonly Action _begin;
    private readonly Action _end;
    private long _sum;
    private int _waiting;

    /// <param name="run">Whose clock it is.</param>
    /// <param name="sides">Who is at rest as long as this waits; null for one that does not count.</param>
    public SideWatch(PipelineRun run, CodeSides? sides)
    {
        (_run, _sides) = (run, sides);
        _begin = () =>
        {
            Book(-1);
            _sides?.FellAsleep();
        };
        _end = () => Book(+1);
    }

    public long At(long now) => Math.Max(0, Volatile.Read(ref _sum) + (Math.Max(0, Volatile.Read(ref _waiting)) * now));

    // At rest only behind the lock: under it whoever waits looks once more.
    void ISleepObserver.FellAsleep() => Behind(_begin);

    void ISleepObserver.WokeUp()
    {
        Behind(_end);
        _sides?.WokeUp();
    }

    private static void Behind(Action book)
    {
        if (!Gate.TryDefer(book))
        {
            book();
        }
    }

    private void Book(int sign)
    {
        Interlocked.Add(ref _sum, sign * _run.Now);
        Interlocked.Add(ref _waiting, -sign);
    }
}
