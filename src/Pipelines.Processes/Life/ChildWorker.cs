using System.Globalization;
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
    private const int MostResults = 512;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);

    private readonly Stage _stage;
    private readonly Crashes _crashes;
    private readonly PipelineRun _run;
    private readonly Bell _bell;
    private readonly Pace _pace;
    private readonly Codec<TIn> _input;
    private readonly Codec<TOut> _output;
    private readonly Scratch _scratch = new();
    private readonly Leases<TIn> _leases = new();
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
        (_stage, _crashes, _longestRun) = (stage, crashes, longestRun);
        _run = pool.Run;
        _bell = new Bell(() => Pool.Ready(this));
        (_input, _output) = (stage.InputCodec<TIn>(), stage.OutputCodec<TOut>());
        _limit = pool.Head.Blueprint.Options.Timeout;
        int window = (int)Math.Min(pool.Head.Holds, int.MaxValue);
        _pace = new Pace(Math.Max(1, window / pool.Workers), _run.Edge.TicksPerSecond);
        _abort = pool.AbortToken.UnsafeRegister(static bell => ((Bell)bell!).Ring(), _bell);
        Scope.Own(new Ending(this));
    }

    public override int Wanted => _child is { State: WorkerState.Ready } ? Math.Clamp(MayStillSend, 1, _longestRun) : 1;

    public override bool IsQuick => _pace.IsQuick;

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

    private int MayStillSend => Math.Min(
        _pace.Wanted - _leases.Count,
        _stage.Options.RecycleAfter is { } most ? (int)Math.Max(0, most - _leases.FirstNumber - _leases.Count) : int.MaxValue);

    private bool IsToBeRecycled => _stage.Options.RecycleAfter is { } most && _leases.Count == 0 && _leases.FirstNumber >= most;

    /// <summary>What this worker has had its process killed for.</summary>
    private enum Doom
    {
        None,
        TookTooLong,
        StartedTooLate,
        Damaged,
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

    // Nothing in hand and no process, or the first item in hand. On: it goes on.
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

        _leases.FirstNumber = 0;
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

        return isGone || hasProgress ? Worked.Turn
            : _leases.Count > 0 || !isReady || _doom != Doom.None || _isTakenBack ? WaitForNews(child)
            : IsToBeRecycled || child.State == WorkerState.Full ? Replace(child)
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
            _leases.TakeBack(0, (place, items) => Pool.Return(place, items));
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
        bool isReady = child.State != WorkerState.Starting;
        if (isReady && _doom != Doom.Damaged && child.Answers.HasFrames)
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

    // It has done enough, or become too large: it leaves by itself, and another takes its place.
    private Worked Replace(ChildProcess child)
    {
        _leaving.RemoveAll(task => task.IsCompletedSuccessfully);
        _leaving.Add(EndAsync(child, isCancelled: false));
        Forget();
        return Worked.Turn;
    }

    private void GiveUp()
    {
        _leases.TakeBack(0, (_, items) => Pool.GiveUp(items));
    }

    private TimeoutException Exceeded() => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The block '{_run.NameOf(Pool.Head)}' took longer than its limit of {_limit} for an item. Its worker process was killed."));

    /// <summary>What is disposed with the worker.</summary>
    private sealed class Ending(ChildWorker<TIn, TOut> worker) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => worker.DisposeAsync();
    }
}
