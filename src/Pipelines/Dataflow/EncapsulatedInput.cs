using System.Threading.Channels;
using Pipelines.Execution;

namespace Pipelines.Dataflow;

/// <summary>
/// The producer block of an encapsulated pipeline: what the network offers. Each plan has an intake of its own, and only the run behind the block may start.
/// </summary>
internal sealed class EncapsulatedInput<T>() : Blueprint<T>(BlockKind.Producer, "Dataflow input")
{
    public override void Build(Plan plan, Stage<T> next)
    {
        var claim = new OneShot(
            "The input of an encapsulated pipeline has items only in the Dataflow block that it is part of: another run of it would wait " +
            "for ever.",
            isGranted: false);
        Intake<T>? intake = null;
        (WriterBlockRun block, ChannelWriter<T> writer) = Produce<T>.Add(
            plan, this, next, (_, head, token) => intake!.RunAsync(token, head.Island as CodeIsland));
        intake = new Intake<T>(writer, block);
        plan.AddClaim(claim);
        plan.Expose(this, new Handle(intake, claim));
    }

    /// <summary>Where the network offers to a run, which may start from now on.</summary>
    /// <exception cref="InvalidOperationException">The run has no such input.</exception>
    public Intake<T> OpenFor(PipelineRun run)
    {
        Handle handle = run.Handle<Handle>(this)
            ?? throw new InvalidOperationException(
                "The function that builds the pipeline must return one that begins with its argument; this one has a source of its own.");
        handle.Claim.Grant();
        return handle.Intake;
    }

    private sealed record Handle(Intake<T> Intake, OneShot Claim);
}
