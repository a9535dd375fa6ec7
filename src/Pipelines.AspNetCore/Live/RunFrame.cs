namespace Pipelines.AspNetCore;

/// <summary>Everything of one run at one moment, written once for all who look at it.</summary>
/// <param name="Graph">What does not change.</param>
/// <param name="Sample">The figures.</param>
/// <param name="Errors">What went wrong so far.</param>
/// <param name="Timeline">How it went, for who has just come.</param>
/// <param name="IsEnd">The run has ended: there will be no other.</param>
internal sealed record RunFrame(byte[] Graph, byte[] Sample, byte[] Errors, PipelineTimeline? Timeline, bool IsEnd);

/// <summary>All runs at one moment, and those that somebody looks at.</summary>
internal sealed class Tick(byte[] runs, IReadOnlyDictionary<long, RunFrame> frames)
{
    private readonly TaskCompletionSource<Tick> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public byte[] Runs => runs;

    public IReadOnlyDictionary<long, RunFrame> Frames => frames;

    public Task<Tick> Next => _next.Task;

    public void Follow(Tick next) => _next.TrySetResult(next);
}
