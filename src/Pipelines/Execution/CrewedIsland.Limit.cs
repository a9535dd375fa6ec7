namespace Pipelines.Execution;

// How many workers there may be, which may change while it runs.
internal abstract partial class CrewedIsland<TIn>
{
    private WorkerLimit _limit;

    // Workers that were sent home because there are more than there should be, and may be counted as awake still. Under the gate, as what follows.
    private int _goingHome;
    private bool _isOpen;

    /// <summary>Finds how many; null if that is given.</summary>
    public virtual ParallelismPilot? Pilot => null;

    /// <inheritdoc/>
    public long Unlike => _limit.Unlike;

    /// <inheritdoc/>
    public string? WhyNot(int workers) => workers <= Most
        ? null
        : $"it has room for what {Most} workers make of their items. Give it a greater Parallelism, or an AdaptiveParallelism with a greater Maximum.";

    /// <inheritdoc/>
    public void SetWorkers(int workers)
    {
        Pilot?.SwitchOff();
        Limit(() => workers);
    }

    /// <summary>Takes over what the pilot has found.</summary>
    protected void TakeOverValue() => Limit(() => Pilot!.IsOff ? Workers : Pilot.Current);

    /// <summary>The number has changed. Under the gate.</summary>
    protected virtual void LimitChanged()
    {
    }

    private void Limit(Func<int> value)
    {
        long now = Run.Now;
        long began = LifeTo(now).Began;
        PoolWorker? help = null;
        using (Gate.Enter())
        {
            _limit.Set(value(), began == 0 ? 0 : Math.Max(0, now - began));
            LimitChanged();
            if (_isOpen)
            {
                help = CallForHelp();
            }
        }

        Wake(help);
    }

    // One worker more than there should be: it lies down. Where nothing more is claimed it goes home instead: those who stay do what was put back.
    private Worked SendAway()
    {
        if (!_claimsAreClosed)
        {
            return Worked.Away;
        }

        _goingHome++;
        return Worked.Out;
    }
}
