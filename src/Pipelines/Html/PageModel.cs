namespace Pipelines;

// What the page is told, as JSON. Names are fit to be shown (SafeText); blocks and links are called by their places.

/// <summary>What does not change while a run goes on.</summary>
internal sealed record PageGraph(string Name, long? MaxInFlight, PageBlock[] Blocks, PageLink[] Links, int[][] Fusions);

internal sealed record PageBlock(string Name, string Kind, int Parallelism, bool Ordered, int Island, bool Workers, bool CountsApart);

internal sealed record PageLink(int From, int To, long? Capacity);

/// <summary>A run at one moment.</summary>
/// <param name="State">running, paused, stopping, completed, stopped, cancelled or failed.</param>
/// <param name="Elapsed">In microseconds, as all times.</param>
/// <param name="Blocks">For each block what stands in <see cref="PageSampler.Columns"/>.</param>
/// <param name="Links">How many wait on each.</param>
/// <param name="Bottleneck">The sentence.</param>
/// <param name="BottleneckBlocks">Which blocks it is about.</param>
/// <param name="BottleneckOver">Of how much time it speaks.</param>
/// <param name="HeldUpBy">What has been told to end and has not.</param>
/// <param name="Workers">Of blocks whose workers are elsewhere.</param>
internal sealed record PageSample(
    string State,
    long Elapsed,
    long[][] Blocks,
    long[] Links,
    string? Bottleneck,
    int[] BottleneckBlocks,
    long BottleneckOver,
    string[] HeldUpBy,
    PageWorker[] Workers);

internal sealed record PageWorker(int Block, int Id, long Items, int Restarts, long Memory);

/// <summary>What went wrong: what ended the run, and what items were left out for.</summary>
internal sealed record PageErrors(PageFailure[] Failures, PageErrorGroup[] LeftOut);

internal sealed record PageFailure(string Block, string Type, string Message, string Text, string? Item);

internal sealed record PageErrorGroup(string Block, string Type, long Count, DateTimeOffset At, string Message, string? Text, string? Item);

/// <summary>The samples of a timeline, the oldest first.</summary>
internal sealed record PageHistory(long[] Elapsed, long[][] Out, long[][] Waiting);

/// <summary>Everything of one run, for a file.</summary>
internal sealed record PageReport(
    PageGraph Graph, PageSample Sample, PageErrors Errors, PageHistory? History, string Mermaid, string Dot, DateTimeOffset? At);
