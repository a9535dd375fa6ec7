using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The writes of a producer that is a user's function: held while the run is paused, and counted as executing while they are under way.</summary>
/// <remarks>The function is at rest whatever it does, since its writes are held. But a write that was let through before the pause is not at rest before its
/// reader has been woken.</remarks>
internal sealed class ProducerWrites(PipelineRun run) : IWriteWatch
{
    public bool HoldsWrites => run.IsPaused;

    public void WriteBegins() => run.Stirred();

    public void WriteEnds() => run.Rested();
}
