using Pipelines.Execution;

namespace Pipelines.Processes;

/// <summary>A pool's worker whose items are worked on in a process of its own: claims, sends, takes in answers, and publishes.</summary>
/// <remarks>
/// <para>Its crew sees to it that it is on one thread at a time. It waits in one of two ways. With nothing in hand it lies down among the pool's sleepers, and
/// the pool wakes it. With items in hand, or while its process starts, it waits for its <see cref="Bell"/>: answers, the end of the process, its timer, the
/// end of the run.</para>
/// <para><b>Its process</b> is started when there is a first item, and again as soon as it is gone. It is gone when the system says so. Then what it answered
/// is taken in, the item it had begun is to blame, and all others are returned to the pool.</para>
/// <para><b>Stuck.</b> When one item takes longer than a tick of the timer, those behind it are taken back, so that others can do them.</para>
/// </remarks>
internal sealed partial class ChildWorker<TIn, TOut> : PoolWorker<TIn, TOut>
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);

    private readonly Stage _stage;
    private readonly PipelineRun _run;
    private readonly Bell _bell;
    private readonly Pace _pace;
    private readonly Outbox<TIn> _outbox;
    private readonly Leases<TIn> _leases;
    private readonly Inbox<TIn, TOut> _inbox;
    private readonly ItemClock _clock = new();
    private readonly int _longestRun;
    private readonly TimeSpan? _limit;
    private readonly List<Task> _leaving = [];
    private readonly CancellationTokenRegistration _abort;
    private ChildProcess? _child;
    private Doom _doom;
    private ITimer? _timer;
    private bool _isTimerSet;
    private volatile bool _hasTicked;
    private long _startedAt;
    private int _restarts;
    private int _deathsInStart;
    private long _answered;

    public ChildWorker(PoolIsland<TIn, TOut> pool, int longestRun, Stage stage, Crashes crashes)
        : base(pool, longestRun)
    {
        (_stage, _longestRun) = (stage, longestRun);
        _run = pool.Run;
        _bell = new Bell(() => Pool.Ready(this));
        _outbox = new Outbox<TIn>(stage.InputCodec<TIn>());
        _leases = _outbox.Leases;
        _inbox = new Inbox<TIn, TOut>(pool, _leases, stage, crashes);
        _limit = pool.Head.Blueprint.Options.Timeout;
        int window = (int)Math.Min(pool.Head.Holds, int.MaxValue);
        _pace = new Pace(Math.Max(1, window / pool.Workers), _run.Edge.TicksPerSecond);
        _abort = pool.AbortToken.UnsafeRegister(static bell => ((Bell)bell!).Ring(), _bell);
        Scope.Own(new OnDispose(LeaveAsync));
    }

    public override int Wanted => _child is { State: WorkerState.Ready } ? Math.Clamp(MayStillSend, 1, _longestRun) : 1;

    public override bool IsQuick => _pace.IsQuick;

    private int MayStillSend => Math.Min(
        _pace.Wanted - _leases.Count,
        _stage.Options.RecycleAfter is { } most ? (int)Math.Max(0, most - _leases.FirstNumber - _leases.Count) : int.MaxValue);

    private bool IsToBeRecycled => _stage.Options.RecycleAfter is { } most && _leases.Count == 0 && _leases.FirstNumber >= most;

    /// <summary>How it stands. Any thread.</summary>
    public WorkerReport Report()
    {
        ChildProcess? child = Volatile.Read(ref _child);
        return new WorkerReport
        {
            Id = child is { IsGone: false } ? child.Id : 0,
            Items = Volatile.Read(ref _answered),
            Restarts = Volatile.Read(ref _restarts),
            Memory = child is { IsGone: false } ? child.Memory : 0,
        };
    }

    protected override Worked WorkOn()
    {
        try
        {
            while (true)
            {
                _bell.Begin();
                if (_run.IsAborting)
                {
                    GiveUp();
                    return Worked.Out;
                }

                Worked step = _child is null ? Start() : Serve(_child);
                if (step is Worked.Away or Worked.Out)
                {
                    return step;
                }

                if (OwesTurn)
                {
                    OwesTurn = false;
                    return Worked.Turn;
                }
            }
        }
        catch
        {
            GiveUp();
            throw;
        }
    }

    // Without a process, and perhaps without an item. Turn: it goes on.
    private Worked Start()
    {
        if (_leases.Count == 0 && (_restarts == 0 || !Pool.MayHaveMore))
        {
            Worked claimed = ClaimFirst();
            if (claimed != Worked.Turn)
            {
                return claimed;
            }
        }

        _startedAt = _run.Edge.Timestamp();
        Volatile.Write(ref _child, ChildProcess.Start(_stage, _bell.Ring));
        return Worked.Turn;
    }

    // With nothing in hand: it may lie down, and then must touch nothing any more. Turn: it has something now.
    private Worked ClaimFirst()
    {
        int count = Pool.Claim(this);
        if (count <= 0)
        {
            return count < 0 ? Worked.Out : Worked.Away;
        }

        Lease(count);
        return Worked.Turn;
    }

    private void Lease(int count)
    {
        if (_leases.Count == 0)
        {
            _pace.Begin(_run.Edge.Timestamp());
        }

        _leases.Add(Place, Items.AsSpan(0, count));
        Clear(count);
    }

    private Worked Serve(ChildProcess child)
    {
        bool isGone = child.IsGone; // before the look at the ring: what it wrote is all there then
        bool isReady = child.State != WorkerState.Starting;
        bool hasBaton = false;
        bool hasProgress;
        try
        {
            hasProgress = Serve(child, isGone, isReady, ref hasBaton);
        }
        finally
        {
            if (hasBaton)
            {
                Pool.Emit();
            }
        }

        // Behind its end nothing of the process is looked at. One that is full never comes to what it has to leave out.
        return isGone || hasProgress ? Worked.Turn
            : isReady && _doom == Doom.None && _leases.Count == 0 && child.State == WorkerState.Full ? Replace(child)
            : _leases.Count > 0 || !isReady || _doom != Doom.None || _outbox.IsTakenBack ? WaitForNews(child)
            : IsToBeRecycled ? Replace(child)
            : ClaimFirst();
    }

    private bool Serve(ChildProcess child, bool isGone, bool isReady, ref bool hasBaton)
    {
        bool isFull = child.State == WorkerState.Full; // before the look at the ring too: it begins nothing any more
        bool hasProgress = (isReady || isGone) && _doom != Doom.Damaged && TakeIn(child, ref hasBaton);
        if (isGone)
        {
            Bury(child, ref hasBaton);
            return true;
        }

        LookAtClock(child);
        if (!isReady || _doom != Doom.None)
        {
            return hasProgress;
        }

        if (isFull)
        {
            _leases.TakeBack(0, Return);
            return hasProgress;
        }

        return hasProgress | Send(child, ref hasBaton);
    }

    private Worked WaitForNews(ChildProcess child)
    {
        if (!_isTimerSet)
        {
            _isTimerSet = true;
            _timer ??= _run.Edge.CreateTimer(static worker => ((ChildWorker<TIn, TOut>)worker!).Tick(), this);
            _timer.Change(_limit is { } limit && limit / 4 < s_tick ? limit / 4 : s_tick, Timeout.InfiniteTimeSpan);
        }

        Interlocked.Exchange(ref child.Marks.ParentSleeps, 1); // pairs with the fence of the worker behind an answer
        if (child.State != WorkerState.Starting && _doom != Doom.Damaged && child.Answers.HasFrames)
        {
            return Worked.Turn;
        }

        return _bell.TryWait() ? Worked.Away : Worked.Turn;
    }

    private void Tick()
    {
        _hasTicked = true;
        _bell.Ring();
    }

    // Takes in what has been answered, and publishes it. Whether there was anything.
    private bool TakeIn(ChildProcess child, ref bool hasBaton)
    {
        int answered = 0;
        try
        {
            bool any = _inbox.TakeIn(child, ref hasBaton, out answered);
            if (_hasTicked || child.IsGone)
            {
                int unshown = _inbox.TakeUnshown(child, ref hasBaton);
                answered += unshown;
                any |= unshown > 0;
            }

            return any;
        }
        catch (InvalidDataException damaged)
        {
            Pool.Head.Note(damaged);
            _doom = Doom.Damaged;
            child.Kill();
            return true;
        }
        finally
        {
            if (answered > 0)
            {
                _deathsInStart = 0;
                Volatile.Write(ref _answered, _answered + answered);
                _pace.Answered(answered, _run.Edge.Timestamp());
            }
        }
    }

    // Claims and sends, as much as it is to have in hand and there is room for. Whether it was anything.
    private bool Send(ChildProcess child, ref bool hasBaton)
    {
        if (_outbox.IsTakenBack && !_outbox.IsFreeAgain(child))
        {
            return false;
        }

        bool any = false;
        while (_outbox.Send(child, ref any) && child.State == WorkerState.Ready && MayStillSend > 0)
        {
            int count = Pool.ClaimMore(this);
            if (count <= 0)
            {
                break;
            }

            Lease(count);
        }

        if (any)
        {
            child.Wake();
        }

        while (_outbox.Failed is { Count: > 0 } failed)
        {
            (Leases<TIn>.Lease lease, Exception error) = failed.Dequeue();
            _inbox.Fail(lease, error, ref hasBaton);
        }

        return any;
    }

    private void Return(long place, ReadOnlySpan<TIn> items) => Pool.Return(place, items);

    private void GiveUp() => _leases.TakeBack(0, (_, items) => Pool.Undeliver(items));
}
