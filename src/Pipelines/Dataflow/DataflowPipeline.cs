using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Dataflow;

/// <summary>Pipelines as blocks of a TPL Dataflow network.</summary>
public static class DataflowPipeline
{
    /// <summary>Makes a Dataflow block out of a pipeline's middle, and starts it. A network links to it as to any other block.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the pipeline's. <b>Backpressure:</b> an offered message is accepted while there is room in the first link, otherwise postponed;
    /// output waits until a target takes it.</para>
    /// <para><b>Completion:</b> <c>Complete</c> ends the input; the block completes when everything has come out and was taken. If the pipeline has had enough
    /// by itself (<c>Take</c>), further messages are declined for good.</para>
    /// <para><b>Failure:</b> an exception in the pipeline faults the block with it, bare, after what came out before it. <c>Fault</c>, a cancellation and a
    /// target that throws end the block at once, as they end an in-box block; <c>Fault</c> fails the run. What was accepted and is taken by nobody goes to
    /// <see cref="PipelineOptions.OnUndelivered"/>: nothing is lost silently.</para>
    /// </remarks>
    /// <param name="build">Puts blocks behind the input; called once, now.</param>
    /// <param name="options">Settings of the run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the run, and with it the block.</param>
    /// <typeparam name="TIn">What goes in.</typeparam>
    /// <typeparam name="TOut">What comes out.</typeparam>
    /// <returns>The block. It also implements <see cref="IReceivableSourceBlock{TOutput}"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="build"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="build"/> returned null, or a pipeline that does not begin with its argument, uses it twice,
    /// or uses a one-shot source that an earlier run has used.</exception>
    public static IPropagatorBlock<TIn, TOut> Encapsulate<TIn, TOut>(
        Func<Pipeline<TIn>, Pipeline<TOut>> build, PipelineOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(build);
        var input = new EncapsulatedInput<TIn>();
        Pipeline<TOut> pipeline = build(new Pipeline<TIn>(input))
            ?? throw new InvalidOperationException("The function that builds the pipeline returned null.");
        Intake<TIn>? intake = null;
        (ChannelReader<TOut> reader, PipelineRun run) = Outlet<TOut>.Open(
            pipeline.Block, "Dataflow output", options ?? PipelineOptions.Default, run => intake = input.OpenFor(run), cancellationToken);
        return new EncapsulatedPipeline<TIn, TOut>(intake!, reader, run, cancellationToken);
    }
}
