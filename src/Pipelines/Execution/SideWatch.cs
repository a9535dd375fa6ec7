using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>Books how long user code waits on one side of a link that it holds in its own hands.</summary>
/// <remarks>Several of its tasks may wait at once: it is one wait from the first that falls asleep until they are woken. Called under the link's lock.</remarks>
internal sealed class SideWatch(PipelineRun run) : ISleepObserver
{
    private WaitTime _waited;
    private volatile bool _isWaiting;

    /// <summary>Whether a wait goes on.</summary>
    public bool IsWaiting => _isWaiting;

    public long At(long now) => _waited.At(now);

    void ISleepObserver.FellAsleep()
    {
        _waited.Begin(run.Now);
        _isWaiting = true;
        Interlocked.MemoryBarrier(); // before the look whether the run is being paused; pairs with the pause
        run.CameToRest();
    }

    void ISleepObserver.WokeUp()
    {
        _isWaiting = false;
        _waited.End(run.Now);
    }
}
