namespace Pipelines.Hosting;

/// <summary>One run of a hosted pipeline, with what it has of the container and what it has not delivered.</summary>
/// <remarks>Built, then started, then ended, by the supervisor. What did not get through is noted by the run's last step, under a lock, and read when the
/// run has ended.</remarks>
internal sealed class HostedRun
{
    private readonly Lock _gate = new();
    private readonly List<LostItem> _undelivered = [];
    private readonly string _name;
    private readonly Pipeline _pipeline;
    private readonly PipelineOptions _options;
    private readonly RunServices _services;
    private PipelineRun? _run;

    private HostedRun(string name, PipelineOptions options, RunServices services, Func<Pipeline> build)
    {
        _name = name;
        _services = services;
        _options = options with { Name = name, OnUndelivered = item => Undelivered(item, options.OnUndelivered) };
        _pipeline = services.Within(build) ?? throw new InvalidOperationException("The build has returned null instead of a pipeline.");
        Graph = services.Within(() => _pipeline.GetGraph(_options));
    }

    public PipelineGraph Graph { get; }

    public PipelineRun Run => _run ?? throw new InvalidOperationException("The run has not been started.");

    /// <summary>Whether nothing of it executes any more.</summary>
    public bool HasEnded => Run.Completion.IsCompleted;

    /// <summary>Ends when the run has, however that was: it does not throw.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Builds the pipeline, and checks what can be checked of it.</summary>
    /// <exception cref="Exception">What the build throws, and <see cref="InvalidOperationException"/> where something is missing.</exception>
    public static HostedRun Build(
        PipelineRegistration registration, IServiceProvider provider, HostedPipelineOptions settings, PipelineOptions options, IInbox? inbox)
    {
        var services = new RunServices(registration.Name, provider, settings);
        var run = new HostedRun(registration.Name, options, services, () => registration.Build(provider, inbox?.Input()));
        run.Check(settings, inbox is not null);
        return run;
    }

    /// <exception cref="InvalidOperationException">A one-shot source has been used by an earlier run.</exception>
    public void Start()
    {
        _run = _services.Within(() => _pipeline.Start(_options));
        Ended = EndAsync(_run);
    }

    /// <summary>What it had in its hands when it ended: first what it failed on, then what did not get through.</summary>
    public List<LostItem> Lost()
    {
        List<LostItem> lost = [.. Failures()
            .Where(IsOfAnItem)
            .Select(failure => new LostItem(_name, failure.Item, failure.Block, LossReason.Failed, failure.Exception))];
        lock (_gate)
        {
            lost.AddRange(_undelivered);
        }

        return lost;
    }

    /// <summary>Gives the container back what lived as long as the run, which has ended.</summary>
    public ValueTask DisposeAsync(Action<Exception> failed) => _services.DisposeAsync(failed);

    private static async Task EndAsync(PipelineRun run) => await ((Task)run.Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    // A handler that throws is a failure of the run too, and its item is among the undelivered already.
    private static bool IsOfAnItem(BlockFailure failure) =>
        failure.Item is not null && failure.Block is not (nameof(PipelineOptions.OnUndelivered) or nameof(PipelineOptions.DisposeUndelivered));

    private IEnumerable<BlockFailure> Failures() =>
        Run.Failure is { } failure ? [failure, .. Run.Snapshot().LaterFailures] : Run.Snapshot().LaterFailures;

    // What a buffer drops, and what a block downstream no longer wants, the pipeline was told to let go.
    private void Undelivered(UndeliveredItem item, Action<UndeliveredItem>? next)
    {
        if (item.Reason is UndeliveredReason.Aborted or UndeliveredReason.Cancelled or UndeliveredReason.Failed)
        {
            lock (_gate)
            {
                _undelivered.Add(new(_name, item.Item, item.Block, LossReason.Undelivered, null));
            }
        }

        next?.Invoke(item);
    }

    private void Check(HostedPipelineOptions settings, bool hasInbox)
    {
        if (_services.Missing() is [var type, ..])
        {
            throw new InvalidOperationException(
                $"A block takes a {type.FullName} from the container, which has none. Register it: services.AddScoped<{type.Name}>().");
        }

        if (hasInbox && !Graph.Blocks.Any(block => block is { Kind: BlockKind.Producer, Name: InboxServices.BlockName }))
        {
            throw new InvalidOperationException(
                "It has an inbox that it does not read: what was accepted would wait for ever. Let the pipeline begin with the input that its build is given.");
        }

        foreach (string name in settings.Blocks.Keys.Except(_services.Configured))
        {
            string names = string.Join(", ", Graph.Blocks.Select(block => block.Name));
            throw new InvalidOperationException(Graph.Blocks.Any(block => block.Name == name)
                ? $"The configuration has settings for the block '{name}', which does not take any. Give it services.GetBlockOptions(\"{name}\")."
                : $"The configuration has settings for a block '{name}', and there is none. There are: {names}.");
        }
    }
}
