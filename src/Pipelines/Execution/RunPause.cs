using Pipelines.Execution;

namespace Pipelines;

// The part of a run that holds the producers still and sees when everything has come to rest.
//
// Rest is seen from outside, without a count of what moves: a look goes over all islands twice, each of which is asleep both times (for input, for room
// that nobody makes, holding still, or for what is outside of the run), and finds that nothing was written to a link or read from one meanwhile.
// Twice: an island may be seen asleep while another has news for it, published before the look, and is about to wake it. That other one is awake until it
// has done so. Once it has been seen asleep too, a second look at the first finds it awake, or finds what it has moved.
// A look that finds somebody awake gives up: whoever was awake looks in its turn when it comes to rest, behind the announcement of its sleep
// and a full fence, which pair with the note that somebody waits for rest and the fence behind it. That note is made when every producer holds.
public sealed partial class PipelineRun
{
    // Made when it is first needed: most runs are never paused, and to start one costs as little as it can.
    private Pausing? _pausing;

    private Pausing PausingState => Volatile.Read(ref _pausing) ?? Interlocked.CompareExchange(ref _pausing, new Pausing(), null) ?? _pausing;

    /// <summary>Whether the run is paused: its producers hold still. A run that stops or has ended is not.</summary>
    public bool IsPaused => Volatile.Read(ref _phase) == Paused && Volatile.Read(ref _activities) > 0;

    /// <summary>Producers may feed.</summary>
    internal bool IsFeeding => Volatile.Read(ref _phase) == Running;

    /// <summary>
    /// Holds the producers still until <see cref="Resume"/>, while what is in flight goes on to the consumers. Other than a stop it ends nothing: a block
    /// that gathers, such as a partial batch, keeps what it has.
    /// </summary>
    /// <remarks>
    /// <para>A producer that waits for the outside (a channel, a sequence, a Dataflow block) keeps waiting, and keeps what comes of it until it may go on. An observable
    /// cannot be held: what it pushes meanwhile fills its buffer, and then goes by its policy. In a <see cref="Pipeline.Produce"/> every write waits.</para>
    /// <para>The time of a pause is booked as time that producers waited for input. A paused run may be stopped, aborted and cancelled like any other.</para>
    /// </remarks>
    /// <param name="cancellationToken">Ends the wait for rest, and nothing else: the run stays paused.</param>
    /// <returns>A task that ends when everything is at rest: no producer feeds and no block has an item at work. A block written in code counts as at rest while one of its
    /// tasks waits for input or room. If the run ends meanwhile, so does the task; how it ended is in <see cref="Completion"/>.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the run was resumed before it had come to rest.</exception>
    public Task PauseAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        Task rest;
        lock (PausingState.Told)
        {
            if (TryMove(Running, Paused))
            {
                for (Island? island = _plan.FirstIsland; island is not null; island = island.Following)
                {
                    island.Pause();
                }
            }

            lock (_gate)
            {
                if (Volatile.Read(ref _activities) == 0)
                {
                    return Task.CompletedTask; // the run has ended, and nobody will say so any more
                }

                rest = (PausingState.Rest ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }

        Interlocked.MemoryBarrier(); // the phase and the note before the look at who is at rest
        CameToRest();
        return rest.WaitAsync(cancellationToken);
    }

    /// <summary>Lets the producers of a paused run go on. Of a run that is not paused it changes nothing.</summary>
    public void Resume()
    {
        lock (PausingState.Told)
        {
            if (TryMove(Paused, Running))
            {
                TakeRest()?.TrySetCanceled();
                LetGo();
            }
        }
    }

    /// <summary>Something of the run has just come to rest, and has announced so behind a fence. Any thread, under any lock.</summary>
    internal void CameToRest()
    {
        if (Volatile.Read(ref _pausing) is { Rest: not null } && TryAddActivity())
        {
            Schedule(new LookForRest(this));
        }
    }

    // An abort may come in between: it takes no lock but the gate.
    private bool TryMove(int from, int to)
    {
        lock (_gate)
        {
            if (_phase != from)
            {
                return false;
            }

            Volatile.Write(ref _phase, to);
            return true;
        }
    }

    // The islands sleep behind the phase: who holds still sees it change, or is seen.
    private void LetGo()
    {
        Interlocked.MemoryBarrier();
        for (Island? island = _plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Resume();
        }
    }

    private TaskCompletionSource? TakeRest()
    {
        lock (_gate)
        {
            TaskCompletionSource? rest = _pausing?.Rest;
            if (rest is not null)
            {
                _pausing!.Rest = null;
            }

            return rest;
        }
    }

    private bool IsAtRest()
    {
        for (Island? island = _plan.FirstIsland; island is not null; island = island.Following)
        {
            if (!island.IsAtRest)
            {
                return false;
            }
        }

        return true;
    }

    // How many items were ever written to the links of the run, and read from them.
    private long Moves()
    {
        long moves = 0;
        for (BlockRun? block = _plan.FirstBlock; block is not null; block = block.Following)
        {
            foreach (IOutlet input in block.Inputs)
            {
                moves += block.LinkFrom(input) is { } link ? link.Written + link.Read : 0;
            }
        }

        return moves;
    }

    private sealed class LookForRest(PipelineRun run) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            long moves = run.Moves();
            if (run.IsPaused && run.IsAtRest() && run.IsAtRest() && run.Moves() == moves)
            {
                run.TakeRest()?.TrySetResult();
            }

            run.ActivityEnded();
        }
    }

    private sealed class Pausing
    {
        // Set and cleared under the run's gate: somebody waits for rest.
        private volatile TaskCompletionSource? _rest;

        /// <summary>
        /// Held while the phase goes between running and paused, or from paused to stopping, and the producers are told: they never hear it in another order.
        /// </summary>
        public Lock Told { get; } = new();

        public TaskCompletionSource? Rest
        {
            get => _rest;
            set => _rest = value;
        }
    }
}
