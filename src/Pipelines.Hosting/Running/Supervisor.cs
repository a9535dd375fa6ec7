namespace Pipelines.Hosting;

/// <summary>Runs a hosted pipeline from the host's start to its stop: watches each run, decides what follows it, drains the last.</summary>
/// <remarks>
/// <para>One loop, and it alone changes the state:</para>
/// <code>
/// Running    -> Stopping (the host stops; a restart by hand) | Completed (by itself) | Restarting | Failed (by what is to be done then)
/// Restarting -> Running (the time is up; a restart by hand) | Stopping
/// Completed, Failed -> Running (a restart by hand) | Stopping
/// Stopping   -> Running (a restart by hand) | Stopped | Failed (it has stopped the host)
/// </code>
/// <para>Everybody else tells it by <see cref="Signals"/> and reads. What is read is written with release and read with acquire, one field at a time: a
/// reader may see the state of a moment ago, never one that was not.</para>
/// <para>What was accepted is, at each moment, in the inbox, in the hands of one run, or settled. A run is settled when it has ended, and the next is built
/// behind that: so nothing is in two hands, and nothing in none.</para>
/// </remarks>
internal sealed class Supervisor(
    string name, HostedPipelineOptions options, Signals signals, IInbox? inbox, Losses losses, HostLog log, TimeProvider clock)
{
    private int _state = (int)PipelineHostState.NotStarted;
    private int _failuresInARow;
    private int _restarts;
    private long _restartsAt;
    private volatile HostedRun? _run;
    private volatile BlockFailure? _failure;
    private volatile Exception? _error;
    private volatile Exception? _fatal;

    public required Func<HostedRun> Build { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    public required Action StopHost { get; init; }

    /// <summary>Called when a run has been settled.</summary>
    public required Action Settled { get; init; }

    /// <summary>Looks at the run now and then, if anybody wants to know.</summary>
    public Monitor? Monitored { get; init; }

    public PipelineHostState State => (PipelineHostState)Volatile.Read(ref _state) is var state
        && state == PipelineHostState.Running && _run is { Run.IsPaused: true } ? PipelineHostState.Paused : state;

    public PipelineRun? Run => _run?.Run;

    public PipelineGraph? Graph => _run?.Graph;

    public BlockFailure? Failure => _failure;

    public Exception? Error => _error;

    public Exception? Fatal => _fatal;

    public int Restarts => Volatile.Read(ref _restarts);

    public DateTimeOffset? RestartsAt => Volatile.Read(ref _restartsAt) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public Task Stopped { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the first run.</summary>
    /// <exception cref="InvalidOperationException">A one-shot source has been used by an earlier run.</exception>
    public void Start(HostedRun first)
    {
        Begin(first, PipelineHostState.Running);
        Stopped = SuperviseAsync(first);
    }

    private async Task SuperviseAsync(HostedRun? run)
    {
        try
        {
            while (await HasEndedAsync(run))
            {
                TimeSpan? wait = await AnswerAsync(run);
                run = null; // it is settled
                if (!await HasWaitedAsync(wait))
                {
                    break;
                }

                run = TryStart();
            }

            await StopAsync(run);
        }
        catch (Exception error)
        {
            log.SupervisorFailed(name, error);
            _fatal = error;
            Move(PipelineHostState.Failed);
            inbox?.Close();
            StopHost();
        }
        finally
        {
            signals.Over();
            Monitored?.Dispose();
        }
    }

    // Until it has ended, or somebody wants another. False: the host stops.
    private async Task<bool> HasEndedAsync(HostedRun? run)
    {
        await (run is null ? Task.CompletedTask : Task.WhenAny(run.Ended, signals.Stop, signals.RestartAsked));
        return !signals.IsStopping;
    }

    // Until the time is up (null: for ever), or somebody wants another. False: the host stops.
    private async Task<bool> HasWaitedAsync(TimeSpan? time)
    {
        using var settled = new CancellationTokenSource();
        long restartsAt = time > TimeSpan.Zero ? (clock.GetUtcNow() + time.Value).UtcTicks : 0;
        var due = Task.Delay(time is { } wait ? DrainTime.ForTimer(wait) : Timeout.InfiniteTimeSpan, clock, settled.Token);
        Volatile.Write(ref _restartsAt, restartsAt); // when the clock has been told
        await Task.WhenAny(due, signals.Stop, signals.RestartAsked);
        await settled.CancelAsync();
        Volatile.Write(ref _restartsAt, 0);
        return !signals.IsStopping;
    }

    /// <summary>What follows a run that has ended, could not be built (null), or is to make room for another: how long to wait, null for a signal.</summary>
    private async Task<TimeSpan?> AnswerAsync(HostedRun? run)
    {
        if (run is { HasEnded: false })
        {
            Move(PipelineHostState.Stopping);
            await DrainAsync(run, new(DrainTimeout, clock));
            NoteFailure(run);
            await SettleAsync(run, isRepeatable: true);
            return TimeSpan.Zero;
        }

        if (run is { Run.Failure: null })
        {
            await SettleAsync(run, isRepeatable: false);
            inbox?.Refuse();
            Move(PipelineHostState.Completed);
            return null;
        }

        return await AnswerFailureAsync(run);
    }

    private async Task<TimeSpan?> AnswerFailureAsync(HostedRun? run)
    {
        NoteFailure(run);
        _failuresInARow = run is not null && run.Run.Snapshot().Elapsed >= options.Backoff.ResetAfter ? 1 : _failuresInARow + 1;
        bool restarts = options.WhenFailed == WhenPipelineFails.Restart && (options.Backoff.MaxRestarts is not { } most || _failuresInARow <= most);
        if (restarts)
        {
            TimeSpan wait = options.Backoff.After(_failuresInARow);
            log.FailedAndRestarts(name, _failure, _error!, wait);
            await SettleAsync(run, isRepeatable: true);
            Move(PipelineHostState.Restarting);
            return wait;
        }

        bool stopsHost = options.WhenFailed != WhenPipelineFails.Leave;
        inbox?.Refuse();
        log.Failed(name, _failure, _error!, stopsHost);
        await SettleAsync(run, isRepeatable: !stopsHost);
        Move(PipelineHostState.Failed);
        if (stopsHost)
        {
            _fatal = _error;
            StopHost();
        }

        return null;
    }

    private void NoteFailure(HostedRun? run)
    {
        if (run?.Run.Failure is { } failure)
        {
            _failure = failure;
            _error = failure.Exception;
        }
    }

    /// <summary>The next run. Null if it cannot be built or started, which is a failure like another.</summary>
    private HostedRun? TryStart(PipelineHostState state = PipelineHostState.Running)
    {
        try
        {
            HostedRun run = Build();
            inbox?.Open();
            Begin(run, state);
            Interlocked.Increment(ref _restarts);
            signals.Restarted(null);
            return run;
        }
        catch (Exception error)
        {
            _failure = null;
            _error = error;
            signals.Restarted(error);
            return null;
        }
    }

    private void Begin(HostedRun run, PipelineHostState state)
    {
        run.Start();
        _run = run;
        Move(state);
        log.Started(name, run.Graph);
        Monitored?.Begin();
    }

    // The host stops. What is in the inbox is still delivered: by the run that goes on, by the one that was to be started, and, where one is to be restarted
    // that fails now, by that one, as long as each leaves less than the one before.
    private async Task StopAsync(HostedRun? run)
    {
        var time = new DrainTime(DrainTimeout, clock);
        bool isWanted = State is PipelineHostState.Restarting or PipelineHostState.Stopping;
        inbox?.Close();
        if (_fatal is null)
        {
            Move(PipelineHostState.Stopping);
        }

        run ??= isWanted && Waiting > 0 && !signals.Abort.IsCancellationRequested ? TryStart(PipelineHostState.Stopping) : null;
        log.Draining(name, Waiting, DrainTimeout);
        for (int before = int.MaxValue; run is not null;)
        {
            if (!run.HasEnded)
            {
                await DrainAsync(run, time);
            }

            bool isFollowed = run.Run.Failure is not null && options.WhenFailed == WhenPipelineFails.Restart && inbox is not null
                && !time.IsUp && !signals.Abort.IsCancellationRequested;
            NoteFailure(run);
            if (run.Run.Failure is not null)
            {
                log.FailedWhileStopping(name, _failure, _error!);
                _fatal = options.WhenFailed == WhenPipelineFails.StopHost ? _error : _fatal;
            }

            await SettleAsync(run, isFollowed);
            isFollowed &= Waiting > 0 && Waiting < before;
            before = Waiting;
            run = isFollowed ? TryStart(PipelineHostState.Stopping) : null;
        }

        if (inbox is not null)
        {
            losses.Leave(inbox.TakeRest());
        }

        Move(_fatal is null ? PipelineHostState.Stopped : PipelineHostState.Failed);
    }

    /// <summary>Lets a run end, within its time; aborts it then.</summary>
    private async Task DrainAsync(HostedRun run, DrainTime time)
    {
        // Where no time is left a run that is paused stays so: nothing more is delivered.
        Action begin = time.IsUp || signals.Abort.IsCancellationRequested ? run.Run.Abort : run.Run.Resume;
        begin();
        if (inbox is { Drained: { } drained } && signals.IsStopping)
        {
            using var settled = CancellationTokenSource.CreateLinkedTokenSource(signals.Abort);
            await Task.WhenAny(run.Ended, drained, Task.Delay(time.Left, clock, settled.Token));
            await settled.CancelAsync();
        }

        Task stop = run.Run.StopAsync(time.Left, signals.Abort);
        await stop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private int Waiting => inbox?.Report().Waiting ?? 0;

    // The run has ended, or its end is held up by code that does not return: then that has what it has, and nobody can say what.
    private async Task SettleAsync(HostedRun? run, bool isRepeatable)
    {
        if (run is null)
        {
            return;
        }

        PipelineReport report = run.Run.Snapshot();
        if (run.HasEnded)
        {
            await run.DisposeAsync(error => log.ScopeNotDisposed(name, error));
        }
        else
        {
            log.HeldUp(name, report.HeldUpBy);
        }

        log.Ended(name, report);
        losses.Settle(run.Lost(), isRepeatable);
        Settled();
    }

    private void Move(PipelineHostState state) => Volatile.Write(ref _state, (int)state);
}
