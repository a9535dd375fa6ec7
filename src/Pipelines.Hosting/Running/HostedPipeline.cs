using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pipelines.Hosting;

/// <summary>A hosted pipeline, as the host and its users see it. What happens to it is its <see cref="Supervisor"/>'s to decide.</summary>
internal sealed class HostedPipeline : IPipelineHost, IDisposable, IAsyncDisposable
{
    private readonly PipelineRegistration _registration;
    private readonly IServiceProvider _provider;
    private readonly Signals _signals = new();
    private readonly HostLog _log;
    private IInbox? _inbox;
    private Losses? _losses;
    private volatile Supervisor? _supervisor;

    public HostedPipeline(PipelineRegistration registration, IServiceProvider provider)
    {
        _registration = registration;
        _provider = provider;
        _log = new HostLog(provider.GetRequiredService<ILoggerFactory>().CreateLogger($"Pipelines.{registration.Name}"));
        Clock = provider.GetService<TimeProvider>() ?? TimeProvider.System;
        HealthOptions = provider.GetService<IOptionsMonitor<PipelineHealthOptions>>()?.Get(registration.Name) ?? new();
        Watch = new MovementWatch(HealthOptions, Clock);
    }

    public string Name => _registration.Name;

    public TimeProvider Clock { get; }

    public PipelineHealthOptions HealthOptions { get; }

    public MovementWatch Watch { get; }

    public PipelineHostState State => _supervisor?.State ?? PipelineHostState.NotStarted;

    public PipelineGraph? Graph => _supervisor?.Graph;

    public BlockFailure? Failure => _supervisor?.Failure;

    /// <summary>What it has failed with; also where no run could be built.</summary>
    public Exception? Error => _supervisor?.Error;

    public int Restarts => _supervisor?.Restarts ?? 0;

    public long Lost => _losses?.Count ?? 0;

    public InboxReport? Inbox => _inbox?.Report();

    /// <summary>The run that goes on, or went on last.</summary>
    public PipelineRun? Run => _supervisor?.Run;

    /// <summary>When it is to be started again, by <see cref="Clock"/>; null if it is not waiting for that.</summary>
    public DateTimeOffset? RestartsAt => _supervisor?.RestartsAt;

    /// <summary>What stops the host with it, and comes out of the host.</summary>
    public Exception? Fatal => _supervisor?.Fatal;

    /// <summary>Ends when the host has stopped it.</summary>
    public Task Stopped => _supervisor?.Stopped ?? Task.CompletedTask;

    public PipelineReport? Snapshot() => Run?.Snapshot();

    public Task PauseAsync(CancellationToken cancellationToken = default) => Running().PauseAsync(cancellationToken);

    public void Resume() => Running().Resume();

    public void SetParallelism(string block, int value) => Running().SetParallelism(block, value);

    public Task RestartAsync(CancellationToken cancellationToken = default) =>
        (_supervisor is null ? null : _signals.AskForRestart())?.WaitAsync(cancellationToken) ?? throw new InvalidOperationException(
            $"The pipeline '{Name}' is {State}: there is no run to be started. It can be restarted while the host runs.");

    /// <summary>Checks the settings, finds what is needed, and builds the first run. Nothing of it runs.</summary>
    /// <exception cref="OptionsValidationException">A setting cannot be meant.</exception>
    /// <exception cref="InvalidOperationException">The pipeline cannot be built.</exception>
    public (HostedRun Run, Supervisor Supervisor) Prepare(TimeSpan shutdownTimeout)
    {
        HostedPipelineOptions options;
        try
        {
            options = _provider.GetRequiredService<IOptionsMonitor<HostedPipelineOptions>>().Get(Name);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException($"The settings of the pipeline '{Name}' cannot be read: {error.Message}", error);
        }

        SettingsCheck.Check(_registration, options, HealthOptions, shutdownTimeout);
        _inbox = _registration.Inbox?.Invoke(_provider);
        var warnings = new LeftOutLog(Name, options, _log, Clock);
        _losses = new Losses(Name, options, _inbox, _log);
        var supervisor = new Supervisor(Name, options, _signals, _inbox, _losses, _log, Clock)
        {
            Build = () => HostedRun.Build(_registration, _provider, options, RunOptions(options, warnings), _inbox),
            Settled = warnings.Flush,
            DrainTimeout = SettingsCheck.DrainTimeout(options, shutdownTimeout),
            StopHost = () => _provider.GetService<IHostApplicationLifetime>()?.StopApplication(),
            Monitored = _registration.HasHealthCheck || _log.IsDebugging ? new Monitor(this, _registration.HasHealthCheck, _log) : null,
        };
        try
        {
            return (supervisor.Build(), supervisor);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"The pipeline '{Name}' could not be built. {error.Message}", error);
        }
    }

    /// <summary>Starts what was prepared.</summary>
    public void Start(HostedRun run, Supervisor supervisor)
    {
        _supervisor = supervisor;
        supervisor.Start(run);
    }

    /// <summary>The host stops: the inbox refuses from now on, and the run begins to drain.</summary>
    public void TellToStop()
    {
        _signals.TellToStop(); // first, or a run that ends with its inbox would look as if it had come to its end by itself
        _inbox?.Close();
    }

    /// <summary>No time is left: what still drains is aborted.</summary>
    public void TellToAbort()
    {
        bool isOver = State is PipelineHostState.NotStarted or PipelineHostState.Completed or PipelineHostState.Stopped or PipelineHostState.Failed;
        if (!isOver && !_signals.Abort.IsCancellationRequested)
        {
            _log.Aborting(Name);
        }

        _signals.TellToAbort();
        _inbox?.Close();
    }

    // A host that could not start has started nothing that would read it.
    public void Dispose()
    {
        TellToAbort();
        if (_supervisor is null && _inbox is not null)
        {
            _losses?.Leave(_inbox.TakeRest());
        }
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await Stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private PipelineRun Running() => State is PipelineHostState.Running or PipelineHostState.Paused && Run is { } run
        ? run
        : throw new InvalidOperationException($"The pipeline '{Name}' is {State}: there is no run to be paused, resumed or set.");

    private PipelineOptions RunOptions(HostedPipelineOptions options, LeftOutLog warnings)
    {
        var run = new PipelineOptions { Name = Name, TimeProvider = Clock };
        run = options.Capacity is { } capacity ? run with { Capacity = capacity } : run;
        foreach (Func<PipelineOptions, PipelineOptions> configure in options.RunOptions)
        {
            run = configure(run) ?? throw new InvalidOperationException($"{nameof(PipelineBuilderExtensions.WithOptions)} has returned null.");
        }

        return run with
        {
            OnSkipped = Shown(warnings.Skipped, run.OnSkipped),
            OnDeadLetter = Shown(warnings.DeadLetter, run.OnDeadLetter),
        };
    }

    private static Action<DeadLetter> Shown(Action<DeadLetter> log, Action<DeadLetter>? next) => letter =>
    {
        log(letter);
        next?.Invoke(letter);
    };
}
