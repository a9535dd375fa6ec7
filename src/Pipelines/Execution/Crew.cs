using System.Collections.Concurrent;
using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The workers of a pool: who sleeps, who is to be woken, and who is ready and waits for a thread.</summary>
/// <remarks>
/// <para>A worker is <i>awake</i> (it has an item in hand or is about to look for one: ready, on a thread, or waiting for the code it has called),
/// <i>asleep</i>, or <i>gone</i>. Under the pool's
/// gate it lies down and is woken. The one count is <see cref="Awake"/>: who finds nothing to do and is the last one awake knows that nothing will be
/// returned either.</para>
/// <para>Whoever is ready stands in one line, and pumps, which are queued on the scheduler, take from it: what a foreign thread completes is put in the line,
/// and costs a call of the scheduler only
/// if no pump is queued. A pump that finds somebody behind the one it takes has another pump queued, so that as many run as there is work and threads for.
/// Modelled in test/Models (CrewModel).</para>
/// <para>Where clock or scheduler are the user's, a pump is an activity of the run, from its request to its end, and so is whoever puts a worker in the line:
/// that worker may have come to its end before the request is made, or before the pump comes to its turn, and behind the run's end nobody asks either of
/// them anything.</para>
/// </remarks>
internal sealed class Crew(PipelineRun run, OwnThreads? threads = null) : IThreadPoolWorkItem
{
    // A pump gives its thread back after so many workers' turns.
    private const int PumpLength = 64;

    // To look at the clock costs as much as a hand-over. So where waits for a thread are short, one in so many is measured and stands for the others; those are
    // stamped with the coarse clock, in milliseconds, which sees when one was not short after all. As in WaitBook.
    private const int OneIn = 16;
    private const long Coarse = 20;
    private static readonly TimeSpan s_short = TimeSpan.FromMicroseconds(20);

    private static readonly ContextCallback s_pump = static crew => ((Crew)crew!).Pump();

    private readonly bool _isCounted = !run.Edge.IsOurs;
    private readonly ConcurrentQueue<PoolWorker> _ready = new();
    private int _isRequested;

    // Of the one pump that was requested and has not begun: written by who requests it, read by the pump before it takes the request back.
    private long _requestedAt;
    private bool _isMeasured;
    private byte _unmeasured;
    private long _lastShort;
    private long _unthreaded;
    private PoolWorker? _asleep;
    private volatile int _awake;
    private IdleWorkers _idle;

    /// <summary>The crew of a block, on the threads that its options say.</summary>
    public static Crew Of(BlockRun block) => new(
        block.Run,
        block.Threads == WorkerThreads.Dedicated && block.Run.Edge.IsThreadPool ? new OwnThreads(() => block.Run.NameOf(block), block.Parallelism) : null);

    /// <summary>Nobody of it executes any more.</summary>
    public void End() => threads?.End();

    /// <summary>How many are awake. Changed under the gate.</summary>
    public int Awake => _awake;

    /// <summary>How many were made. Under the gate.</summary>
    public int Made { get; private set; }

    public bool HasSleepers => _asleep is not null;

    /// <summary>One more, who is awake. Under the gate.</summary>
    public void Add()
    {
        Made++;
        _awake++;
    }

    /// <summary>Under the gate; it looks again whether there is work before it leaves that.</summary>
    public void LieDown(PoolWorker worker)
    {
        worker.NextAsleep = _asleep;
        _asleep = worker;
        _awake--;
        Interlocked.MemoryBarrier(); // before the look at what may have come meanwhile
    }

    /// <summary>Takes one of those who sleep, to be made <see cref="Ready"/> behind the gate. Under the gate.</summary>
    public PoolWorker? GetUp()
    {
        if (_asleep is { } worker)
        {
            _asleep = worker.NextAsleep;
            worker.NextAsleep = null;
            _awake++;
            return worker;
        }

        return null;
    }

    /// <summary>A worker lies somewhere, for that, counted and booked. Whoever wakes it may be faster: the sums do not mind. Not under the gate.</summary>
    public void HasLainDown(Wait reason)
    {
        _idle.Begin(reason, run.Now);
        run.Rested();
    }

    /// <summary>Has those go on who lay down, or are new, counted and booked. Not under the gate.</summary>
    /// <param name="woken">The first of them; the others lay down before it.</param>
    public void Wake(PoolWorker? woken)
    {
        while (woken is not null)
        {
            PoolWorker worker = woken;
            woken = worker.NextAsleep;
            worker.NextAsleep = null;
            if (worker.LiesFor != Wait.None)
            {
                run.Stirred();
                _idle.End(worker.LiesFor, run.Now);
                worker.LiesFor = Wait.None;
            }
            else
            {
                _idle.Begun(run.Now); // it was counted when it was made
            }

            Ready(worker);
        }
    }

    /// <summary>How the time of so many workers was spent.</summary>
    /// <param name="island">The island's own: its waits for room are those of all.</param>
    /// <param name="life">When that began, 0 if it has not, and ended, or now.</param>
    /// <param name="workers">How many there could be.</param>
    /// <param name="unlike">How much more time those had that there could be, because their number was another.</param>
    public IslandTimes Times(IslandTimes island, (long Began, long End) life, int workers, long unlike) =>
        _idle.Of(island, life, workers, unlike, Volatile.Read(ref _unthreaded));

    /// <summary>There may be so many, if there were fewer before.</summary>
    public void Allow(int workers) => threads?.Allow(workers);

    /// <summary>A worker ends. Under the gate.</summary>
    public void Leave() => _awake--;

    /// <summary>It has ended: from here on it is booked as one that was never needed. Not under the gate.</summary>
    public void HasLeft() => _idle.Begin(Wait.Input, run.Now);

    /// <summary>The worker is to go on, on a thread of the run's scheduler. Any thread, not under the gate.</summary>
    public void Ready(PoolWorker worker)
    {
        Hold();
        _ready.Enqueue(worker);
        Request();
        if (_isCounted)
        {
            run.OutsideActivityEnded();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (run.Context is { } context && !ReferenceEquals(context, ExecutionContext.Capture()))
        {
            ExecutionContext.Run(context, s_pump, this);
        }
        else
        {
            Pump();
        }
    }

    // The request is taken back before the look at the line: who comes behind that look sees none, and makes one.
    private void Pump()
    {
        if (Waited() is var waited && waited > 0)
        {
            Interlocked.Add(ref _unthreaded, waited * _ready.Count);
        }

        Interlocked.Exchange(ref _isRequested, 0);
        for (int left = PumpLength; left > 0 && _ready.TryDequeue(out PoolWorker? worker); left--)
        {
            if (!_ready.IsEmpty)
            {
                Request();
            }

            if (worker.Work())
            {
                _ready.Enqueue(worker); // others first, who wait for this thread
                break;
            }
        }

        if (!_ready.IsEmpty)
        {
            Request();
        }

        if (_isCounted)
        {
            run.ActivityEnded();
        }
    }

    // The run has not ended: a worker of it that has not is in the caller's hands, or the caller is counted.
    private void Hold()
    {
        if (_isCounted)
        {
            _ = run.TryAddActivity();
        }
    }

    private void Request()
    {
        if (Volatile.Read(ref _isRequested) == 0 && Interlocked.Exchange(ref _isRequested, 1) == 0)
        {
            Hold();
            _isMeasured = _unmeasured == 0;
            _unmeasured -= (byte)(_isMeasured ? 0 : 1);
            _requestedAt = _isMeasured ? run.Now : Environment.TickCount64;
            if (threads is not null)
            {
                threads.Request(this);
            }
            else
            {
                run.Edge.Schedule(this);
            }
        }
    }

    // How long the request has waited for a thread. Only as long as it stands.
    private long Waited()
    {
        if (_isMeasured)
        {
            long waited = Math.Max(0, run.Now - _requestedAt);
            bool isShort = run.Edge.IsSystemClock && run.Edge.Elapsed(waited) < s_short;
            _unmeasured = (byte)(isShort ? OneIn - 1 : 0);
            _lastShort = isShort ? waited : _lastShort;
            return waited;
        }

        if (Environment.TickCount64 - _requestedAt is var coarse && coarse < Coarse)
        {
            return _lastShort;
        }

        _unmeasured = 0;
        return run.Edge.TicksOf(coarse);
    }
}
