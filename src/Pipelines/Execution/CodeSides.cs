namespace Pipelines.Execution;

/// <summary>The channels that a user's function has in its hands, as far as the count of what executes goes: the function is at work unless one of its tasks
/// waits at one of them.</summary>
internal sealed class CodeSides(PipelineRun run)
{
    private int _asleep;

    public PipelineRun Run => run;

    /// <summary>One of the tasks begins to wait at a channel where none did.</summary>
    public void FellAsleep()
    {
        if (Interlocked.Increment(ref _asleep) == 1)
        {
            run.Rested();
        }
    }

    /// <summary>None of them waits at that channel any more.</summary>
    public void WokeUp()
    {
        // Counted first: it must never look as if nobody executed. If another side sleeps, that has it at rest again.
        run.Stirred();
        if (Interlocked.Decrement(ref _asleep) != 0)
        {
            run.Rested();
        }
    }
}
