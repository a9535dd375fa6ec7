using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Starts the pipeline and hands its output over as a TPL Dataflow block, to link to others or to receive from.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the pipeline's. <b>Backpressure:</b> up to <see cref="PipelineOptions.Capacity"/> items wait in the block; while no target takes
    /// them, the run waits.</para>
    /// <para><b>Completion:</b> when the run has ended and every item was taken; links that propagate completion are told then. The block's <c>Complete</c>
    /// stops the run's producers.</para>
    /// <para><b>Failure:</b> what came out before the failure is offered first, then the block faults with the original exception, bare. A cancelled run
    /// cancels the block, and faults the targets it is linked to: completion would look like a good end. The block's <c>Fault</c> fails the run. By that, a
    /// cancellation and a target that throws the block ends at once, as an in-box block does; what nobody has taken goes to
    /// <see cref="PipelineOptions.OnUndelivered"/>.</para>
    /// </remarks>
    /// <param name="options">Settings of the run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The block. It also implements <see cref="IReceivableSourceBlock{TOutput}"/>.</returns>
    public ISourceBlock<T> ToSourceBlock(PipelineOptions? options = null, CancellationToken cancellationToken = default)
    {
        (ChannelReader<T> reader, PipelineRun run) = Outlet<T>.Open(Block, nameof(ToSourceBlock), options ?? PipelineOptions.Default, cancellationToken);
        return new SourceBlock<T>(reader, run, cancellationToken);
    }
}
