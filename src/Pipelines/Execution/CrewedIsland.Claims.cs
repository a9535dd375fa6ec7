using Pipelines.Channels;

namespace Pipelines.Execution;

// How a worker comes by what it works on.
internal abstract partial class CrewedIsland<TIn>
{
    /// <summary>Gives a worker an item, or has it lie down.</summary>
    public Worked Claim(PoolWorker worker)
    {
        Worked claimed;
        PoolWorker? help;
        Wait lies;
        using (Gate.Enter())
        {
            claimed = ClaimUnderGate(worker, out lies);
            help = CallForHelp();
        }

        HasClaimed(claimed, lies);
        Wake(help);
        return claimed;
    }

    /// <summary>The part of <see cref="Claim"/> that is under the gate, but for the call for help; <see cref="HasClaimed"/> follows.</summary>
    protected Worked ClaimUnderGate(PoolWorker worker, out Wait lies)
    {
        lies = Wait.None;
        bool isSurplus = _crew.Awake - _goingHome > Workers;
        Worked claimed = isSurplus ? SendAway() : TryClaim(worker);
        if (claimed == Worked.Away)
        {
            worker.LiesFor = lies = Link.HasItems && !isSurplus ? Wait.Room : Wait.Input;
            _crew.LieDown(worker);
        }

        return claimed;
    }

    /// <summary>The part behind it. The worker is not touched: it may execute elsewhere by now.</summary>
    protected void HasClaimed(Worked claimed, Wait lies)
    {
        if (claimed == Worked.On)
        {
            Link.WakeWriterIfDue();
        }
        else if (claimed == Worked.Away)
        {
            HasLainDown(lies);
        }
    }

    private Worked TryClaim(PoolWorker worker)
    {
        // Before the look whether claims are closed: what was put back may stand before what has closed them.
        if (TryGiveReturned(worker))
        {
            return Worked.On;
        }

        if (_claimsAreClosed)
        {
            return Worked.Out;
        }

        if (HasRoomForItem && TryGive(worker))
        {
            return Worked.On;
        }

        if (Link.IsDrained && (!MayReturn || _crew.Awake == 1))
        {
            CloseClaims();
            return Worked.Out;
        }

        return Worked.Away;
    }
}
