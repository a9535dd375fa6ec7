using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head is a pool: several workers apply a delegate at once, one of them at a time passes the results on.</summary>
/// <remarks>
/// <para>Its parts: <see cref="ClaimQueue{TIn}"/> (what to work on), <see cref="ReorderWindow{TOut}"/> (what has become of it, and the baton), <see
/// cref="Crew"/> (who works),
/// <see cref="RunLength"/> (how much at a time). This class puts them together: <b>claims</b> under the gate, <b>passes on</b> with the baton.</para>
/// <para><b>The island itself</b>, as an activity, is <i>dormant</i> (on no thread, and nobody's waiter) until something has to be waited for with the baton
/// in hand: room, or a dead letter. Then
/// it takes the baton over, and the worker goes on. So it does when the results of an item that was awaited can wait for those of others (<see
/// cref="RouseEmitter"/>).
/// The last of workers and emitter to end completes the island.</para>
/// <para><b>Sleep.</b> A worker that finds nothing to claim lies down under the gate. It is woken by another worker that leaves items behind
/// (each wakes one more, so that no more wake up than there is work for), or by the link's doorbell. The doorbell is armed whenever the
/// link was found empty while there are hands free.</para>
/// <para><b>Failure.</b> A failed item is published like a result and takes effect when the head arrives at it: everything before it has then been
/// passed on and nothing behind it ever is. Meanwhile nothing more is claimed, but what was returned from before it. By a policy that leaves it out, it is
/// left out when the head
/// arrives, and everything else goes on.</para>
/// </remarks>
internal sealed partial class PoolIsland<TIn, TOut> : Island
{
    /// <summary>The most places a window has, whatever the capacity.</summary>
    public const int LargestWindow = 1 << 16;

    private readonly Gate _gate = new();
    private readonly Ring<TIn> _link;
    private readonly Stage<TOut> _chain;
    private readonly PoolDelegate<TIn, TOut> _delegate;
    private readonly Doorbell _doorbell;
    private readonly ClaimQueue<TIn> _claims;
    private readonly ReorderWindow<TOut> _window;
    private readonly Crew _crew;
    private readonly int _parallelism;
    private readonly int _longestRun;
    private readonly bool _ordered;
    private readonly Action<TIn> _giveUp;

    public PoolIsland(BlockRun head, Ring<TIn> link, PoolDelegate<TIn, TOut> work, Stage<TOut> chain)
        : base(head)
    {
        BlockOptions options = head.Blueprint.Options;
        _link = link;
        _chain = chain;
        _delegate = work;
        AbortToken = Run.AbortToken;
        _parallelism = options.Parallelism;
        _ordered = options.Ordered;
        int window = (int)Math.Min(link.Capacity, LargestWindow);
        _claims = new ClaimQueue<TIn>(link, window, work.Awaits);
        _window = new ReorderWindow<TOut>(window, _ordered);
        _crew = new Crew(Run);
        _longestRun = window / (int)Math.Min(2L * _parallelism, int.MaxValue);
        _doorbell = new Doorbell(this);
        _giveUp = item => Head.Undeliver(item);
        link.Reader = _doorbell;
        head.Holds = window;
    }

    /// <summary>Taken while the run was planned.</summary>
    public CancellationToken AbortToken { get; }

    /// <summary>How many items a worker takes at once. Made when the first worker is, under the gate: the clock is not asked while a run is planned.</summary>
    public RunLength Length => field ??= new RunLength(_longestRun, Run.Edge.TicksPerSecond);

    public override int Workers => _parallelism;

    public override bool IsInCode => HasBegun && !IsOver && (_crew.Awake > 0 || base.IsInCode);

    protected override void Unwanted() => TakeNoMore();

    public override void WakeUp()
    {
        // Claims end here for good: a worker that is between two claims finds none.
        CloseClaims(0);
        base.WakeUp();
    }

    public override IslandTimes TimesAt(long now)
    {
        IslandTimes own = Times(now); // of the emitter: its waits for room are the pool's
        IslandTimes all = _idle.Of(own, LifeTo(now), _parallelism, _crew.Unthreaded);
        return Head.FollowingInIsland is null ? all : all.Passed(_passing.At(now));
    }

    public override void Abandon()
    {
        _window.Abandon(
            _ordered ? _claims.Claimed : _window.Placed,
            result => _chain.Forgo(Head, result),
            place =>
            {
                if (_failures.TryGetValue(place, out FailedItem failed))
                {
                    Head.CaughtBehindTheEnd(failed.Item, failed.Error);
                }
            });
        _claims.Abandon(_giveUp);
        Head.AbandonLink(_link);
        _chain.Abandon();
    }

    private readonly record struct FailedItem(TIn Item, Exception Error);

    /// <summary>Sleeps on the link for the pool: news of input starts or wakes one worker.</summary>
    private sealed class Doorbell(PoolIsland<TIn, TOut> pool) : Waiter
    {
        public bool IsSet => IsArmed(State);

        public void Set() => Announce(Wait.Input);

        public bool TryUnset() => TryWithdraw();

        protected override void OnWoken() => pool.WakeOne();
    }
}
