namespace Pipelines.Workers;

/// <summary>A user's policy for added items, inside the pool, where what fails is a job: the user's letters are about items.</summary>
internal sealed record JobErrorPolicy<TIn, TOut>(ErrorPolicy Policy) : ErrorPolicy
{
    internal override bool Stops => Policy.Stops;

    internal override bool MayWait => Policy.MayWait;

    internal override ValueTask LeaveOutAsync(DeadLetter letter, PipelineRun run) =>
        Policy.LeaveOutAsync(letter with { Item = ((Job<TIn, TOut>)letter.Item!).Item }, run);
}
