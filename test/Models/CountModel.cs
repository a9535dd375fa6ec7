namespace Pipelines.Models;

/// <summary>What is taken away from the count of what executes; the model must find each of them.</summary>
public enum CountFault
{
    None,

    /// <summary>Activity.OnWokenParked queues before it counts.</summary>
    QueuedBeforeCounted,

    /// <summary>Life.Rested lowers the count by a load and a store.</summary>
    CountedByLoadAndStore,

    /// <summary>Life.MoveTo moves the phase by a releasing store: who stops the run may see nobody asleep, and who falls asleep sees it paused.</summary>
    PhaseWithoutFence,

    /// <summary>PipelineRun.PauseAsync has no fence between the note that somebody waits for rest and its look.</summary>
    PauseWithoutFence,

    /// <summary>PipelineRun.PauseAsync does not look whether anything executes: what rests already tells nobody.</summary>
    NoLookByWhoPauses,

    /// <summary>Life.Rested looks at nothing when it has lowered the count to 0.</summary>
    NoLookByWhoRests,

    /// <summary>Life.LookForRest takes whatever rest is waited for by then, instead of the one that it has seen: that may be of a later pause.</summary>
    AnyRestTaken,

    /// <summary>Life.TryPause notes who waits for rest outside of the gate: a resume that comes in between finds nobody, and that wait never ends.</summary>
    NotedOutsideGate,

    /// <summary>PoolIsland.Claim counts a worker as at rest that has lain down, before it counts the one that it wakes.</summary>
    WorkerRestsFirst,
}

/// <summary>What is modelled of a run.</summary>
/// <param name="Items">How many the producer feeds; then it ends.</param>
/// <param name="Pauses">How often the user pauses; in between the run is resumed.</param>
/// <param name="OtherResumes">Another resumes the run, at any time.</param>
/// <param name="OtherStops">Another stops the run, at any time.</param>
/// <param name="Pool">The consumer is a worker of a pool.</param>
internal sealed record CountShape(int Items, int Pauses = 1, bool OtherResumes = false, bool OtherStops = false, bool Pool = false)
{
    public override string ToString() => $"{Items} items, {Pauses} pauses{(OtherResumes ? ", resumed by another" : "")}{(OtherStops ? ", stopped by another" : "")}{(Pool ? ", a pool" : "")}";
}

/// <summary>
/// src/Pipelines/Runs/Life.cs (the phase, Executing, Rest), and who counts: src/Pipelines/Execution/Activity.cs. A producer that feeds a consumer; those who pause and resume; and, where there is one, a worker
/// of a pool instead of the consumer.
/// </summary>
internal sealed partial class CountModel : WaiterModel
{
    private const int Running = 0;
    private const int Paused = 1;
    private const int Stopping = 2;

    private readonly CountShape _shape;
    private readonly CountFault _fault;

    // Life.
    private readonly Place _gate;
    private readonly Place _phase;
    private readonly Place _executing;
    private readonly Place _rest;

    // The link, as far as matters here: how many were ever put in and taken out.
    private readonly Place _written;
    private readonly Place _read;

    // Who has parked, and has yet to say that it rests.
    private readonly Place[] _haveParked;

    // Of the pool: its gate, and under it whether its worker lies asleep.
    private readonly Place _poolGate;
    private readonly Place _asleep;

    // For the model.
    private readonly Place _pauses;
    private readonly Place _ended;

    public CountModel(CountShape shape, CountFault fault)
        : base(RingFault.None, parks: true)
    {
        (_shape, _fault) = (shape, fault);
        _gate = Word("gate");
        _phase = Word("phase");
        _executing = Word("executing", 2);
        _rest = Word("rest");
        _written = Word("written");
        _read = Word("read");
        _haveParked = Words("has parked", 2);
        _poolGate = Word("pool's gate");
        _asleep = Word("(worker asleep)");
        _pauses = Word("(pauses)");
        _ended = Word("(producer ended)");
        Thread("producer", Produce, mayWait: true);
        Thread("consumer", shape.Pool ? Work : Consume, mayWait: true);
        Thread("after prod.", () => RestBehind(0), mayWait: true);
        Thread("after cons.", () => RestBehind(1), mayWait: true);
        Thread("user", Pause);
        if (shape.OtherResumes)
        {
            Thread("other", Resume);
        }

        if (shape.OtherStops)
        {
            Thread("other", Stop);
        }
    }

    public override string ToString() => $"Count, {_shape}{(_fault == CountFault.None ? "" : $", {_fault},")}";

    public override string? AtRest() =>
        this[_phase] != Paused && this[_ended] == 0 ? "A producer holds still, and the run is not paused."
        : this[_rest] == 0 || this[_phase] == Stopping ? null // whoever waits is told in the end
        : this[_phase] == Paused ? "Everything sleeps, and who has paused the run is not told."
        : "The run has been resumed, and the wait of who had paused it never ends.";

    // Whoever is woken in vain sleeps again: that is the ring's affair.
    protected override bool IsNews(Sleeper sleeper) => true;

    // SourceIsland: it feeds while the run does.
    private IEnumerator<Op> Produce()
    {
        for (int item = 1; item <= _shape.Items;)
        {
            yield return Read(_phase);
            if (Got == Stopping)
            {
                break;
            }

            if (Got == Paused)
            {
                yield return Call(TrySleep(Writer));
                continue;
            }

            // Ring.TryWrite
            yield return Exchange(_written, item);
            yield return Call(Wake(Reader));
            item++;
        }

        this[_ended] = 1;
        yield return Call(Rested()); // ActivityEnded
    }

    private IEnumerator<Op> Consume()
    {
        while (true)
        {
            yield return Read(_written);
            if (Got > this[_read])
            {
                this[_read]++;
                continue;
            }

            yield return Call(TrySleep(Reader));
        }
    }

    protected override IEnumerator<Op> MustWait(Sleeper sleeper)
    {
        yield return Read(sleeper == Reader ? _written : _phase);
        Return(sleeper == Reader ? Got == this[_read] : Got == Paused);
    }

    // What an activity does last on a thread that it has left.
    private IEnumerator<Op> RestBehind(int activity)
    {
        while (true)
        {
            yield return Await(_haveParked[activity], 1);
            this[_haveParked[activity]]--;
            yield return Call(Rested());
        }
    }

    protected override void HasParked(Sleeper sleeper) => this[_haveParked[sleeper == Writer ? 0 : 1]]++;
}
