using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Dataflow;

/// <summary>A run that takes its input from a Dataflow network and puts its output out to it.</summary>
internal sealed class EncapsulatedPipeline<TIn, TOut> : SourceBlock<TOut>, IPropagatorBlock<TIn, TOut>
{
    private readonly Intake<TIn> _intake;

    public EncapsulatedPipeline(Intake<TIn> intake, ChannelReader<TOut> reader, PipelineRun run, CancellationToken cancellationToken)
        : base(reader, run, cancellationToken)
    {
        _intake = intake;
        intake.Front = this; // before anybody knows this block

        // A run that is cancelled before it has begun never asks for input: nobody else would tell the sources.
        _ = run.Completion.ContinueWith(static (_, intake) => ((Intake<TIn>)intake!).End(), intake, TaskScheduler.Default);
    }

    public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, TIn messageValue, ISourceBlock<TIn>? source, bool consumeToAccept) =>
        _intake.OfferMessage(messageHeader, messageValue, source, consumeToAccept);

    /// <summary>No more input: what was accepted still comes out.</summary>
    public override void Complete() => _intake.Close();

    /// <summary>The run fails with that, and what is offered from now on is declined for good.</summary>
    public override void Fault(Exception exception)
    {
        base.Fault(exception); // first: a run whose input ends might complete
        _intake.Close();
    }
}
