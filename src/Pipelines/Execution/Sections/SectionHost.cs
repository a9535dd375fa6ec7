using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>What the stages of a worker's copy of a section take for their island: it executes nothing itself, and tells the worker what they tell
/// it.</summary>
/// <param name="first">The first block of the copy.</param>
/// <param name="worker">The worker.</param>
internal sealed class SectionHost(BlockRun first, ISectionWorker worker) : Island(first)
{
    public override void LetterWaits() => worker.LetterWaits();

    public override void LetterIsTold() => worker.LetterIsTold();

    public override void Abandon()
    {
    }

    protected override Wait Poll() => throw new UnreachableException();

    protected override bool MustWait(Wait wait) => throw new UnreachableException();
}
