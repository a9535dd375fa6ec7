using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>
/// A closed pipeline, from its producers to its consumer: an immutable blueprint, ready to run any number of times, also at once.
/// </summary>
/// <remarks>
/// <para>Start with <c>Pipeline.From</c>, <see cref="Range"/> or <c>Pipeline.Produce</c>, add blocks, close with a consumer, run.</para>
/// <para>A blueprint over a one-shot source (a channel reader) can run once.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
[DebuggerTypeProxy(typeof(PipelineDebugView))]
public sealed partial class Pipeline
{
    private readonly ConsumerBlueprint _consumer;

    internal Pipeline(ConsumerBlueprint consumer) => _consumer = consumer;

    internal ConsumerBlueprint Consumer => _consumer;

    /// <summary>Runs the pipeline to its end.</summary>
    /// <param name="cancellationToken">Cancels the run: what is in flight is not delivered, but counted and handed back.</param>
    /// <returns>The report, when the run has ended and nothing of it executes any more. The task fails with the original exception
    /// of the first failure; it is cancelled if, and only if, <paramref name="cancellationToken"/> was.</returns>
    /// <exception cref="InvalidOperationException">A one-shot source has been used by an earlier run.</exception>
    public Task<PipelineReport> RunAsync(CancellationToken cancellationToken = default) =>
        Start(PipelineOptions.Default, cancellationToken).Completion;

    /// <summary>Runs the pipeline to its end, with options.</summary>
    /// <param name="options">Settings of this run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>As <see cref="RunAsync(CancellationToken)"/>.</returns>
    /// <exception cref="InvalidOperationException">A one-shot source has been used by an earlier run.</exception>
    // Without the priority, here as in every member that runs a pipeline, new() { Capacity = 16 } is taken for a token.
    [OverloadResolutionPriority(1)]
    public Task<PipelineReport> RunAsync(PipelineOptions options, CancellationToken cancellationToken = default) =>
        Start(Require.NotNull(options), cancellationToken).Completion;

    /// <summary>Starts a run and returns it, to watch, stop or abort.</summary>
    /// <param name="options">Settings of this run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The run. Nothing of it executes on the calling thread.</returns>
    /// <exception cref="InvalidOperationException">A one-shot source has been used by an earlier run.</exception>
    public PipelineRun Start(PipelineOptions? options = null, CancellationToken cancellationToken = default)
    {
        var run = new PipelineRun(_consumer, options ?? PipelineOptions.Default);
        run.Start(cancellationToken);
        return run;
    }

    /// <summary>The pipeline's shape under default options: blocks, links, islands. Nothing runs and no source is touched.</summary>
    public PipelineGraph Graph => GetGraph(PipelineOptions.Default);

    /// <summary>The pipeline's shape as a run with these options has it. Nothing runs and no source is touched.</summary>
    /// <param name="options">Settings of a run; its capacity counts for links that do not say otherwise.</param>
    /// <returns>The graph.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public PipelineGraph GetGraph(PipelineOptions options) =>
        GraphReader.Read(new PipelineRun(_consumer, Require.NotNull(options)).Plan);

    private string DebuggerDisplay => DebugText.Of(Graph.Blocks);
}
