using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Dataflow;

/// <summary>A run that takes its input from a Dataflow network and puts its output out to it.</summary>
internal sealed class EncapsulatedPipeline<TIn, TOut> : SourceBlock<TOut>, IPropagatorBlock<TIn, TOut>
{
    private readonly Intake<TIn> _intake;

    public EncapsulatedPipeline(Intake<TIn> intake, ChannelReader<TOut> reader, PipelineRun run)
        : base(reader, run)
    {
        _intake = intake;
        intake.Front = this; // before anybody knows this block
    }

    public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, TIn messageValue, ISourceBlock<TIn>? source, bool consumeToAccept) =>
        _intake.OfferMessage(messageHeader, messageValue, source, consumeToAccept);

    /// <summary>No more input: what was accepted still comes out.</summary>
    public override void Complete() => _intake.Close();
}
