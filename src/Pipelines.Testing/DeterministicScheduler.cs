using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pipelines.Testing;

/// <summary>
/// Runs a test, and with it every pipeline that it starts on this scheduler, on one thread, one step after the other, in an order chosen from a seed.
/// </summary>
/// <remarks>
/// <para>Give <see cref="Options"/> to the pipelines under test. Then what runs next is this scheduler's choice, the same for the same seed, and time stands
/// still until nothing else can run: a test of an hour's time-out takes a millisecond.</para>
/// <para>When nothing can run, no timer is set and the test has not ended, it fails with <see cref="DeadlockException"/>, which shows every run that was given
/// to <see cref="Watch"/>, and says so if timers of the system's clock are set, which it cannot see.</para>
/// <para>What awaits with <c>ConfigureAwait(false)</c> or runs on the thread pool is out of its hands: it is waited for, a second at most, but its order is not
/// chosen. (A wait on a channel that a run hands to code comes back to the run's scheduler in any case.) A test of which all is so explores nothing, and
/// <see cref="Explore"/> refuses it.</para>
/// </remarks>
public sealed class DeterministicScheduler : TaskScheduler
{
    // For what comes back from elsewhere; nothing that is this scheduler's alone ever needs it.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly List<Task> _queued = [];
    private readonly List<PipelineRun> _watched = [];
    private readonly VirtualTime _time = new();
    private bool _hasRunAPipeline; // under the lock, as the queue
    private bool _hasChosen;

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
    private readonly Random _random;

    /// <summary>Makes a scheduler whose choices follow from a seed.</summary>
    /// <param name="seed">Any number.</param>
    public DeterministicScheduler(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        Options = new PipelineOptions { Scheduler = this, TimeProvider = _time };
    }

    /// <summary>What all choices follow from.</summary>
    public int Seed { get; }

    /// <summary>How many steps have been executed.</summary>
    public int Steps { get; private set; }

    /// <summary>The clock, which moves only when nothing else can run.</summary>
    public TimeProvider TimeProvider => _time;

    /// <summary>The options to run pipelines with: this scheduler and its clock. Change the rest with a <c>with</c> expression.</summary>
    public PipelineOptions Options { get; }

    /// <summary>Has a run shown in the message of a deadlock.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The same.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="run"/> is null.</exception>
    public PipelineRun Watch(PipelineRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _watched.Add(run);
        return run;
    }

    /// <summary>Runs a test in many interleavings.</summary>
    /// <param name="iterations">How many, 1 or more.</param>
    /// <param name="body">The test. It is run anew each time, with a scheduler of its own.</param>
    /// <param name="firstSeed">The first of the seeds, which count up from it; null for one by chance.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="iterations"/> is below 1.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is null.</exception>
    /// <exception cref="ExplorationException">The test failed; the inner exception is the test's, the message names the seed.</exception>
    /// <exception cref="InvalidOperationException">Nothing was explored: in no iteration has a pipeline run on the scheduler, nor was there ever more than one
    /// task to choose from. <see cref="Options"/> were not given to the pipelines under test.</exception>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
    public static void Explore(int iterations, Func<DeterministicScheduler, Task> body, int? firstSeed = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        ArgumentNullException.ThrowIfNull(body);
        int seed = firstSeed ?? Random.Shared.Next();
        bool hasExplored = false;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            hasExplored |= RunOne(unchecked(seed + iteration), body);
        }

        RefuseUnless(hasExplored);
    }

    /// <summary>Runs a test in the one interleaving of a seed.</summary>
    /// <param name="seed">The seed, from the message of a failed exploration.</param>
    /// <param name="body">The test.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is null.</exception>
    /// <exception cref="ExplorationException">The test failed; the inner exception is the test's.</exception>
    /// <exception cref="InvalidOperationException">As of <see cref="Explore"/>: there was no interleaving to run again.</exception>
    public static void Replay(int seed, Func<DeterministicScheduler, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        RefuseUnless(RunOne(seed, body));
    }

    // Whether there was anything of which the order was this scheduler's.
    private static bool RunOne(int seed, Func<DeterministicScheduler, Task> body)
    {
        var scheduler = new DeterministicScheduler(seed);
        try
        {
            scheduler.Run(() => body(scheduler));
            return scheduler._hasRunAPipeline || scheduler._hasChosen;
        }
        catch (Exception error)
        {
            throw new ExplorationException(
                string.Create(CultureInfo.InvariantCulture, $"The test failed with seed {seed}, after {scheduler.Steps} steps. To run just that again: " +
                    $"DeterministicScheduler.Replay({seed}, …). {error.Message}"),
                error);
        }
    }

    private static void RefuseUnless(bool hasExplored)
    {
        if (!hasExplored)
        {
            throw new InvalidOperationException(
                "Nothing was explored: no pipeline has run on the scheduler, and there was never more than one task to choose from. Run the pipelines under " +
                "test with scheduler.Options, as in pipeline.Start(scheduler.Options) or pipeline.RunAsync(scheduler.Options with { Capacity = 4 }).");
        }
    }

    /// <summary>Runs a test on this scheduler to its end, on the calling thread.</summary>
    /// <param name="body">The test.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is null.</exception>
    /// <exception cref="DeadlockException">Nothing can run any more, and the test has not ended.</exception>
    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "The scheduler is named, and the result unwrapped.")]
    public void Run(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        long timers = Timer.ActiveCount;
        Task test = Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // the test runner's: an await would prefer it to this scheduler
        try
        {
            while (!test.IsCompleted)
            {
                if (!TryStep() && !_time.TryMove() && !WaitForOthers(test))
                {
                    throw new DeadlockException(Describe(Timer.ActiveCount - timers));
                }
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        test.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        lock (_queued)
        {
            _queued.Add(task);
            _hasRunAPipeline |= task.AsyncState?.GetType().Assembly == typeof(Pipeline).Assembly; // a run's own step
            Monitor.Pulse(_queued);
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_queued)
        {
            return [.. _queued];
        }
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
    private bool TryStep()
    {
        Task next;
        lock (_queued)
        {
            if (_queued.Count == 0)
            {
                return false;
            }

            _hasChosen |= _queued.Count > 1;
            int chosen = _random.Next(_queued.Count);
            next = _queued[chosen];
            _queued.RemoveAt(chosen);
        }

        Steps++;
        return TryExecuteTask(next);
    }

    // A test's thread may wait; the library's never do. What is elsewhere may wait for a thread of a pool that is short of them for longer than anybody's
    // patience: so that begins when the pool has come to what was queued last.
    private bool WaitForOthers(Task test)
    {
        bool hasPoolCome = false;
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                lock (_queued)
                {
                    hasPoolCome = true;
                    Monitor.Pulse(_queued);
                }
            },
            null);
        lock (_queued)
        {
            while (!hasPoolCome && _queued.Count == 0 && !test.IsCompleted)
            {
                Monitor.Wait(_queued, s_patience);
            }

            return _queued.Count > 0 || test.IsCompleted || Monitor.Wait(_queued, s_patience) || test.IsCompleted;
        }
    }

    // Timers are counted for the whole process, so those of other tests are among them: it is a hint.
    private string Describe(long systemTimers)
    {
        string clock = systemTimers > 0
            ? $" Since the test began, {systemTimers} timers of the system's clock were set, which this scheduler cannot see: if a delay or a time-out is " +
                "what is waited for, give it scheduler.TimeProvider, as in Task.Delay(time, scheduler.TimeProvider)."
            : "";
        string pipelines = _hasRunAPipeline ? "" : " No pipeline has run on this scheduler: start those under test with scheduler.Options.";
        string runs = string.Concat(_watched.Select(run => $"\n{run.Snapshot()}"));
        return "Nothing can run any more, no timer of scheduler.TimeProvider is set, and the test has not ended: something waits for what will never " +
            $"come.{clock}{pipelines}{(runs.Length > 0 ? runs : " Give runs to Watch to see where they stand.")}";
    }
}
