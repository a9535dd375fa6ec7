using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head is a pool: several workers apply a delegate at once, one of them at a time passes the results on.</summary>
/// <remarks>
/// <para><b>Claim.</b> Under the gate, a worker takes a run of items off the link and with it the right to as many places in the window.
/// In an ordered pool the places are decided here, in input order; in an unordered one they are decided on completion.</para>
/// <para>While items are pending when their delegate returns, a worker has one at a time. Then claimed items are handed out (<see cref="HandOut{T}"/>), and only the
/// worker that finds nothing there passes the gate.</para>
/// <para><b>Publish.</b> The results go to their places. The word at the first place (<see cref="_done"/>) says what has become of it: 0, nothing yet; a number, so many results
/// from there on; <see cref="Failed"/>; or <see cref="Baton"/>.</para>
/// <para><b>Drain.</b> One worker at a time passes on what stands at the head and moves the head: the one that has the baton. It alone touches the chain. When it arrives at a place that is
/// not published it leaves the baton there (0 to baton, by compare-and-swap), for whoever publishes that place (by an exchange, which brings the baton to light). Of the two that meet at a word one
/// is the second, and sees what the first has left: so no published head is without somebody who passes it on. A run begins where the run before it ends, so the
/// head is always the first place of one. A worker whose item was pending lets a <see cref="PoolDrainer{TIn, TOut}"/> have the baton, and goes on with another item.</para>
/// <para><b>Sleep.</b> A worker that finds nothing to claim lies down under the gate, armed. It is woken by another worker that leaves items behind
/// (each wakes one more, so that no more wake up than there is work for), or by the link's doorbell. The doorbell is armed whenever the
/// link was found empty while there are hands free.</para>
/// <para><b>Failure.</b> A failed item is published like a result and takes effect when the head arrives at it: everything before it has then been
/// passed on and nothing behind it ever is. Meanwhile nothing more is claimed, but what was returned from before it. By a policy that leaves it out, it is left out when the head
/// arrives, by the drainer, and everything else goes on.</para>
/// <para>The run's length follows the measured time: doubled while a run takes less than 30 us, cut to what would have taken
/// about 50 us as soon as one takes more than 100 us.</para>
/// </remarks>
internal sealed partial class PoolIsland<TIn, TOut> : Island
{
    private const int Failed = -1;
    private const int Baton = -2;
    private const int LargestWindow = 1 << 16;
    private const int LargestHandOut = 32;

    private readonly Ring<TIn> _link;
    private readonly Stage<TOut> _chain;
    private readonly PoolDelegate<TIn, TOut> _delegate;
    private readonly Doorbell _doorbell;
    private readonly int _parallelism;
    private readonly bool _ordered;
    private readonly int _window;
    private readonly int _mask;
    private readonly int _longestRun;

    // In ticks of the run's clock.
    private readonly long _quickRun;
    private readonly long _shortRun;
    private readonly long _goodRun;
    private readonly long _longRun;

    // Under the gate: claims, who sleeps.
    private readonly Lock _gate = new();
    private readonly List<PoolWorker<TIn, TOut>> _workers = [];
    private readonly PriorityQueue<Returned, long> _returned = new();
    private volatile int _returnedRuns; // as many as there are above, for who does not pass the gate
    private readonly Dictionary<long, FailedItem> _failures = [];
    private readonly HandOut<TIn>? _handOut;
    private PoolWorker<TIn, TOut>? _asleep;
    private long _claimed;
    private bool _closed;

    // Places from here on need not be worked on: one before them has failed, or the run is over.
    private long _endsAt = long.MaxValue;

    // How many workers have a run in hand.
    private int _busy;

    // How many workers have been started, have not ended and do not lie down; and how long the others have not.
    private int _awake;
    private IdleTime _idleTime;

    // Set under the gate, cleared by the drainer: somebody found the window full.
    private bool _windowFull;

    // Interlocked: how many workers and drainers have not ended; and of these, drainers: the one that has the baton, and those that have just left it. In the books a drainer
    // stands for a worker that lies down.
    private int _working;
    private int _draining;

    // Both written by whoever has measured a run; a lost update does no harm. Quick: a run of nearly the greatest length takes less than 10 us.
    private int _runLength = 1;
    private bool _isQuick;

    // The window. A place is written by the worker that has it, before the word that publishes it. Of an unordered pool, how many places have been given away.
    private long _placed;
    private TOut[] _results = [];
    private int[] _done = [];

    // Whose hands the baton is in has all that follows, and the chain.
    private DrainState _drain;
    private PoolDrainer<TIn, TOut>? _drainer;

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
        _window = (int)Math.Min(link.Capacity, LargestWindow);
        _mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_window) - 1;
        _longestRun = Math.Max(1, _window / (int)Math.Min(2L * _parallelism, int.MaxValue));
        long microsecond = Math.Max(1, Time.TimestampFrequency / 1_000_000);
        (_quickRun, _shortRun, _goodRun, _longRun) = (10 * microsecond, 30 * microsecond, 50 * microsecond, 100 * microsecond);
        _handOut = work.Awaits ? new HandOut<TIn>(Math.Min(_window, LargestHandOut)) : null;
        _doorbell = new Doorbell(this);
        link.Reader = _doorbell;
        head.Holds = _window;
    }

    /// <summary>Taken while the run was planned.</summary>
    public CancellationToken AbortToken { get; }

    public override int Workers => _parallelism;

    protected override bool LoopIsAll => false; // it is the first worker's, who need not be the last

    // All lie down, but for the one that passes on and waits for room.
    protected override bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _workers.Count > 0 && _awake + Volatile.Read(ref _draining) == (base.IsIdle ? 1 : 0);
            }
        }
    }

    private TimeProvider Time => Run.Options.TimeProvider;

    protected override Task LoopAsync()
    {
        _results = new TOut[_mask + 1];
        _done = new int[_mask + 1];
        _done[0] = Baton;
        PoolWorker<TIn, TOut> first;
        lock (_gate)
        {
            first = AddWorker();
        }

        return first.RunAsync();
    }

    protected override void Unwanted() => TakeNoMore();

    public override void Wake()
    {
        // Claims end here for good: a worker that is between two claims finds none.
        lock (_gate)
        {
            CloseClaims(0);
        }

        base.Wake();
    }

    public override void Abandon()
    {
        long end = _ordered ? _claimed : _placed;
        for (long place = _drain.Head; place < end;)
        {
            int run = _done[(int)place & _mask];
            for (int i = _drain.EmittedOfRun; i < run; i++)
            {
                _chain.Forgo(Head, _results[(int)(place + i) & _mask]);
            }

            if (run == Failed && _failures.TryGetValue(place, out FailedItem failed))
            {
                Head.CaughtBehindTheEnd(failed.Item, failed.Error);
            }

            _drain.EmittedOfRun = 0;
            place += Math.Max(1, run);
        }

        while (_returned.TryDequeue(out Returned returned, out _))
        {
            foreach (TIn item in returned.Items.Span)
            {
                Head.Undeliver(item);
            }
        }

        Head.AbandonLink(_link);
        _chain.Abandon();
    }

    private readonly record struct FailedItem(TIn Item, Exception Error);

    /// <summary>The rest of a run whose worker got stuck on a pending item, or whose work has become slow: others go on with it.</summary>
    private readonly record struct Returned(long Place, ReadOnlyMemory<TIn> Items);

    /// <summary>Sleeps on the link for the pool: news of input starts or wakes one worker.</summary>
    private sealed class Doorbell(PoolIsland<TIn, TOut> pool) : Waiter
    {
        public bool IsSet => IsArmed(State);

        public void Set() => Announce(Wait.Input);

        public bool TryUnset() => TryWithdraw();

        protected override void OnWoken()
        {
            lock (pool._gate)
            {
                pool.WakeOne();
            }
        }
    }
}
