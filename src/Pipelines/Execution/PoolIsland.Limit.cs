namespace Pipelines.Execution;

// How many workers there may be, which may change while it runs. More than there is room for in the window find nothing to claim: what may be in flight stays
// the same.
internal sealed partial class PoolIsland<TIn, TOut>
{
    /// <inheritdoc/>
    public long Unlike => _limit.Unlike;

    /// <inheritdoc/>
    public string? WhyNot(int workers) => _delegate.CanChangeWorkers ? null : "its workers are no threads of this process, and are started and kept.";

    /// <inheritdoc/>
    public void SetWorkers(int workers)
    {
        Pilot?.SwitchOff();
        _crew.Allow(workers);
        Limit(() => workers);
    }

    private void TakeOverValue() => Limit(() => Pilot!.IsOff ? Parallelism : Pilot.Current);

    private void Limit(Func<int> value)
    {
        long now = Run.Now;
        long began = LifeTo(now).Began;
        PoolWorker? help = null;
        using (_gate.Enter())
        {
            _limit.Set(value(), began == 0 ? 0 : Math.Max(0, now - began));
            Length.Limit(Math.Min(_longestRun, LongestRun(Parallelism)));
            _dispatcher.LimitChanged();
            if (_isOpen)
            {
                help = _dispatcher.CallForHelp();
            }
        }

        _crew.Wake(help);
    }

    private int LongestRun(int workers) => Math.Max(1, _windowSize / (int)Math.Min(2L * workers, int.MaxValue));
}
