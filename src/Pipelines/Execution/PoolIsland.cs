using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head is a pool: several workers apply a delegate at once, one of them at a time passes the results on.</summary>
/// <remarks>
/// <para>Its parts: <see cref="ClaimQueue{TIn}"/> (what to work on), <see cref="Dispatcher{TIn, TOut}"/> (who works on it), <see cref="Crew"/> (who sleeps,
/// who is ready), <see cref="RunLength"/> (how much at a time), <see cref="ReorderWindow{TOut}"/> (what has become of it, and the baton), <see
/// cref="Emitter{TIn, TOut}"/> (what goes out). This class puts them together: it holds the gate, and wakes behind it whom they name.</para>
/// <para><b>The island itself</b>, as an activity, is <i>dormant</i> (on no thread, and nobody's waiter) until something has to be waited for with the baton
/// in hand: room, or a dead letter. Then it takes the baton over, and the worker goes on. So it does when the results of an item that was awaited can wait
/// for those of others (<see cref="Pass"/>). The last of workers and emitter to end completes the island.</para>
/// <para><b>Failure.</b> A failed item is published like a result. Meanwhile nothing more is claimed, but what was returned from before it; or, by a policy
/// that leaves it out, everything else goes on.</para>
/// </remarks>
internal sealed partial class PoolIsland<TIn, TOut> : Island, IWorkers
{
    /// <summary>The most places a window has: that of a link without a bound.</summary>
    public const int LargestWindow = 1 << 24;

    private readonly Gate _gate = new();
    private readonly Ring<TIn> _link;
    private readonly Stage<TOut> _chain;
    private readonly PoolDelegate<TIn, TOut> _delegate;
    private readonly Dispatcher<TIn, TOut> _dispatcher;
    private readonly ReorderWindow<TOut> _window;
    private readonly Emitter<TIn, TOut> _emitter;
    private readonly Crew _crew;
    private readonly int _longestRun;
    private readonly int _windowSize;
    private readonly bool _ordered;
    private readonly Action<TIn> _giveUp;

    private WorkerLimit _limit;

    // It has begun, and not been refused. Under the gate.
    private bool _isOpen;

    // How many workers have not ended, and the emitter while it is not dormant. Whoever takes it to zero completes the island.
    private int _working;

    // The island's own: it has taken the baton over.
    private bool _hasBaton;
    private Phase _phase;

    public PoolIsland(BlockRun head, Ring<TIn> link, PoolDelegate<TIn, TOut> work, Stage<TOut> chain)
        : base(head)
    {
        BlockOptions options = head.Blueprint.Options;
        _link = link;
        _chain = chain;
        _delegate = work.ForRun(head);
        AbortToken = Run.AbortToken;
        _limit = new WorkerLimit(options.FirstWorkers);
        Pilot = ParallelismPilot.Of(options, Run, TakeOverValue);
        _ordered = options.Ordered;
        int window = (int)Math.Min(link.Slots, LargestWindow);
        _window = new ReorderWindow<TOut>(window, _ordered);
        _crew = Crew.Of(Head);
        _dispatcher = new Dispatcher<TIn, TOut>(this, link, _window, _crew, work.Awaits);
        _emitter = new Emitter<TIn, TOut>(this, _window, chain, _gate);
        _windowSize = window;
        _longestRun = LongestRun(Parallelism);
        Doorbell = new PoolDoorbell(WakeOne);
        _giveUp = item => Head.Undeliver(item);
        link.Reader = Doorbell;
        head.Holds = window;
    }

    private enum Phase
    {
        New,
        Emitting,
        Completing,
        Over,
    }

    /// <summary>Taken while the run was planned.</summary>
    public CancellationToken AbortToken { get; }

    /// <summary>How many workers may be awake, at this moment.</summary>
    public int Parallelism => _limit.Current;

    /// <summary>Finds how many; null if that is given.</summary>
    public ParallelismPilot? Pilot { get; }

    public PoolDoorbell Doorbell { get; }

    /// <summary>How many items a worker takes at once. Made when the first worker is, under the gate: the clock is not asked while a run is planned.</summary>
    public RunLength Length => field ??= new RunLength(_longestRun, Run.Edge.TicksPerSecond);

    public bool GoesOnBehindFailures => !Head.OnError.Stops;

    public override int Workers => Parallelism;

    public override bool IsInCode => HasBegun && !IsOver && (_crew.Awake > 0 || base.IsInCode);

    protected override Wait Poll()
    {
        if (_phase == Phase.New && IsRefused)
        {
            _phase = Phase.Completing;
        }
        else if (_phase == Phase.New)
        {
            _phase = Phase.Emitting;
            BeginFirst();
            return Wait.Dormant;
        }

        if (_phase == Phase.Emitting)
        {
            if (_hasBaton)
            {
                // Before it is left: whoever finds it then may hand it back to this island at once.
                _hasBaton = false;
                Wait wait = TryEmit();
                if (wait != Wait.None)
                {
                    _hasBaton = true;
                    return wait;
                }

                if (Interlocked.Decrement(ref _working) != 0)
                {
                    return Wait.Dormant;
                }
            }

            _phase = Phase.Completing;
        }

        if (_phase == Phase.Completing)
        {
            _link.LeaveReader();
            Wait wait = _emitter.Complete();
            if (wait != Wait.None)
            {
                return wait;
            }

            _phase = Phase.Over;
        }

        return Wait.None;
    }

    protected override bool MustWait(Wait wait) => _emitter.MustWait(wait, Continuation);

    protected override void Unwanted() => TakeNoMore();

    public override void WakeUp()
    {
        // Claims end here for good: a worker that is between two claims finds none.
        CloseClaims(0);
        base.WakeUp();
    }

    protected override void Broken(Exception error)
    {
        Caught(error);
        TakeNoMore();
        _phase = Phase.Completing <= _phase ? Phase.Over : _phase;
    }

    public override IslandTimes TimesAt(long now)
    {
        IslandTimes own = Times(now); // of the emitter: its waits for room are the pool's
        IslandTimes all = _crew.Times(own, LifeTo(now), Parallelism, Unlike);
        return Head.FollowingInIsland is null ? all : all.Passed(_emitter.PassingAt(now));
    }

    public override void Abandon()
    {
        _crew.End();
        _emitter.Abandon(_ordered ? _dispatcher.Claimed : _window.Placed);
        _dispatcher.Abandon(_giveUp);
        Head.AbandonLink(_link);
        _chain.Abandon();
    }

    // Nobody downstream takes any more, or the run is over: what is left is given back in the end. The baton stays where it is: nothing is passed on any more.
    private void TakeNoMore()
    {
        CloseClaims(0);
        _link.LeaveReader();
    }

    private Wait TryEmit()
    {
        if (_emitter.TryEmit() is { } wait)
        {
            return wait;
        }

        TakeNoMore();
        return Wait.None;
    }
}
