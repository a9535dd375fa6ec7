using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>A <see cref="PassingIsland"/> whose workers claim items off its link.</summary>
/// <remarks>
/// <para>Claims are made under the gate, and with them what follows from them: who lies down, who is woken. A worker that finds nothing to claim lies down in
/// the crew, and is booked as starved, or
/// blocked if there are items and no room for what comes of them. Each claim that leaves items behind wakes one more worker; if none are left, the doorbell on
/// the link does, which
/// is armed whenever the link was found empty while there are hands free. Who makes room calls for help too.</para>
/// <para>As many workers are made as there are items at once, and no more than the parallelism. That may change while it runs: see <see cref="PoolIsland{TIn,
/// TOut}"/>.</para>
/// </remarks>
internal abstract partial class CrewedIsland<TIn> : PassingIsland, IWorkers
{
    private readonly PoolDoorbell _doorbell;
    private readonly Crew _crew;
    private bool _claimsAreClosed; // under the gate
    private bool _roomIsWanted; // under the gate

    protected CrewedIsland(BlockRun head, Ring<TIn> link, int workers)
        : base(head)
    {
        Link = link;
        Most = head.Parallelism;
        _limit = new WorkerLimit(workers);
        _crew = Crew.Of(Head);
        _doorbell = new PoolDoorbell(WakeOne);
        link.Reader = _doorbell;
    }

    /// <summary>How many workers may be awake, at this moment.</summary>
    public override int Workers => _limit.Current;

    /// <summary>How many there can ever be: there is room for what comes of their items.</summary>
    protected int Most { get; }

    public override bool IsInCode => HasBegun && !IsOver && (_crew.Awake > 0 || base.IsInCode);

    protected Gate Gate { get; } = new();

    protected Ring<TIn> Link { get; }

    /// <summary>Whether there is room for what comes of one more item. Under the gate.</summary>
    protected abstract bool HasRoomForItem { get; }

    protected abstract PoolWorker CreateWorker();

    /// <summary>Takes off the link what a worker is to have in hand, quietly (<see cref="Ring{T}.TryReadQuietly"/>) or else where scheduling behind a lock is
    /// provided for. False: there is nothing. Under the gate.</summary>
    protected abstract bool TryGive(PoolWorker worker);

    /// <summary>The same for what was claimed and put back: it needs no room, and is from before anything that is on the link. Under the gate.</summary>
    protected virtual bool TryGiveReturned(PoolWorker worker) => false;

    /// <summary>Whether there is something of that kind. Under the gate.</summary>
    protected virtual bool HasReturned => false;

    /// <summary>Whether what a worker has in hand may be put back: then nobody goes home before the last of them has nothing in hand.</summary>
    protected virtual bool MayReturn => false;

    /// <summary>Whether claims are closed. Under the gate.</summary>
    protected bool ClaimsAreClosed => _claimsAreClosed;

    /// <summary>The worker is to go on: what it waited for has returned.</summary>
    public void Ready(PoolWorker worker) => _crew.Ready(worker);

    /// <summary>The worker is done for good.</summary>
    public void EndWorker()
    {
        using (Gate.Enter())
        {
            _crew.Leave();
        }

        _crew.HasLeft();
        WorkerEnds();
    }

    /// <summary>A worker broke: it was not about an item.</summary>
    public void WorkerFailed(Exception error)
    {
        Head.Caught(error);
        TakeNoMore();
    }

    // Also if nothing is claimed any more: it is the last worker that completes the island.
    protected sealed override void Begin()
    {
        PoolWorker? first;
        using (Gate.Enter())
        {
            _isOpen = true;
            first = OneMore();
        }

        Wake(first);
    }

    protected sealed override void LeaveInput() => Link.LeaveReader();

    /// <summary>Finds one more worker, asleep or new, if there is work for it, or sees to it that the link rings when there is. Under the gate; who it is, is
    /// to be woken behind it.</summary>
    protected PoolWorker? CallForHelp()
    {
        _roomIsWanted = false;
        while (!_claimsAreClosed && _crew.Awake < Workers && (_crew.HasSleepers || _crew.Made < Workers))
        {
            if (HasReturned)
            {
                return OneMore();
            }

            if (Link.IsDrained)
            {
                if (!MayReturn || _crew.Awake == 0)
                {
                    CloseClaims(); // the stream may have ended behind the back of whoever has just lain down
                }

                return null;
            }

            if (!HasRoomForItem)
            {
                _roomIsWanted = true; // who makes some calls again
                return null;
            }

            if (Link.HasItems)
            {
                return OneMore();
            }

            if (_doorbell.IsSet)
            {
                return null;
            }

            _doorbell.Set();
            if ((!Link.HasItems && !Link.IsClosed) || !_doorbell.TryUnset())
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>There is more room. Not under the gate.</summary>
    protected void TellOfRoom()
    {
        if (Volatile.Read(ref _roomIsWanted))
        {
            PoolWorker? help;
            using (Gate.Enter())
            {
                help = CallForHelp();
            }

            Wake(help);
        }
    }

    /// <summary>Nothing more is claimed. Whoever lies without an item is to see it, behind the gate. Under the gate.</summary>
    protected void CloseClaims()
    {
        _claimsAreClosed = true;
        while (_crew.GetUp() is { } worker)
        {
            if (!Gate.TryDefer(() => Wake(worker)))
            {
                Wake(worker);
            }
        }
    }

    /// <inheritdoc cref="Crew.Wake"/>
    protected void Wake(PoolWorker? woken) => _crew.Wake(woken);

    /// <inheritdoc cref="Crew.HasLainDown"/>
    protected void HasLainDown(Wait reason) => _crew.HasLainDown(reason);

    public sealed override IslandTimes TimesAt(long now)
    {
        IslandTimes own = Times(now); // its waits for room are those of all
        IslandTimes all = _crew.Times(own, LifeTo(now), Workers, Unlike);
        return Head.FollowingInIsland is null ? all : all.Passed(Way.PassingAt(now));
    }

    public override void Abandon()
    {
        _crew.End();
        base.Abandon();
        Head.AbandonLink(Link);
    }

    // One who sleeps is counted as awake from here on; one who was never made is.
    private PoolWorker? OneMore()
    {
        if (_crew.Awake >= Workers)
        {
            return null; // who is awake comes to claim
        }

        if (_crew.GetUp() is { } worker)
        {
            return worker;
        }

        if (_crew.Made >= Workers || !Run.TryAddActivity())
        {
            return null;
        }

        WorkerBegins();
        _crew.Add();
        return CreateWorker();
    }

    private void WakeOne()
    {
        PoolWorker? help;
        using (Gate.Enter())
        {
            help = _claimsAreClosed ? null : OneMore();
        }

        Wake(help);
    }
}
