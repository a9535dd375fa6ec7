namespace Pipelines.Hosting;

/// <summary>Settings of one hosted pipeline. They are named options: the name is the pipeline's.</summary>
public sealed class HostedPipelineOptions
{
    /// <summary>How many items may wait on each link that does not say otherwise.</summary>
    /// <value>Items; null, the default, for that of <see cref="PipelineOptions.Capacity"/>. At least 1.</value>
    public int? Capacity { get; set; }

    /// <summary>How many items may wait in the inbox.</summary>
    /// <value>Items; default 1000. At least 1.</value>
    public int InboxCapacity { get; set; } = 1000;

    /// <summary>How long the pipeline may drain when the host stops.</summary>
    /// <value>Null, the default, for nine tenths of <c>HostOptions.ShutdownTimeout</c>, which it must not exceed.</value>
    public TimeSpan? DrainTimeout { get; set; }

    /// <summary>Whether warnings show the text of the items they are about.</summary>
    /// <value>False by default: an item's contents are the user's. An exception's message is logged either way.</value>
    public bool LogItems { get; set; }

    /// <summary>How many warnings of a kind each block may log in ten seconds; how many more there were is logged once.</summary>
    /// <value>Default 10. At least 0.</value>
    public int WarningsInTenSeconds { get; set; } = 10;

    /// <summary>Settings by the name of a block; they take the place of those in the code.</summary>
    public IDictionary<string, HostedBlockOptions> Blocks { get; } = new Dictionary<string, HostedBlockOptions>(StringComparer.Ordinal);

    internal WhenPipelineFails WhenFailed { get; set; }

    internal RestartBackoff Backoff { get; set; } = new();

    internal Action<LostItem>? OnLost { get; set; }

    // Returns how many items it has put back.
    internal Func<LostItem, IInbox, int>? Redeliver { get; set; }

    internal List<Func<PipelineOptions, PipelineOptions>> RunOptions { get; } = [];
}

/// <summary>Settings of a block that a configuration makes. What is null stays as the code says.</summary>
public sealed class HostedBlockOptions
{
    /// <summary>How many items the block works on at once.</summary>
    /// <value>At least 1.</value>
    public int? Parallelism { get; set; }

    /// <summary>Between what bounds the block finds out how many items it should work on at once; takes the place of a <see cref="Parallelism"/> in the
    /// code, as that does of this.</summary>
    /// <value>Its <c>Minimum</c> and <c>Maximum</c>. Not together with <see cref="Parallelism"/>.</value>
    public HostedAdaptiveParallelism? AdaptiveParallelism { get; set; }

    /// <summary>How many items may wait in front of the block.</summary>
    /// <value>Items. At least 1.</value>
    public int? Capacity { get; set; }

    /// <summary>How long the block may take for one item.</summary>
    /// <value>Above zero.</value>
    public TimeSpan? Timeout { get; set; }
}

/// <summary>Bounds of a parallelism that a block finds itself; see <see cref="AdaptiveParallelism"/>.</summary>
public sealed class HostedAdaptiveParallelism
{
    /// <summary>The fewest items at once.</summary>
    /// <value>Default 1. At least 1.</value>
    public int Minimum { get; set; } = 1;

    /// <summary>The most items at once.</summary>
    /// <value>Default 64. Not below <see cref="Minimum"/>.</value>
    public int Maximum { get; set; } = 64;

    internal AdaptiveParallelism Value => new() { Minimum = Minimum, Maximum = Maximum };
}

/// <summary>What becomes of a hosted pipeline that has failed.</summary>
internal enum WhenPipelineFails
{
    StopHost,
    Restart,
    Leave,
}
