namespace Pipelines.Execution;

/// <summary>The claim on something that serves one run: the first run has it, every other is refused where it is started.</summary>
internal sealed class OneShot(string refusal)
{
    private int _claimed;

    /// <exception cref="InvalidOperationException">An earlier run has it.</exception>
    public void Claim()
    {
        if (Interlocked.Exchange(ref _claimed, 1) != 0)
        {
            throw new InvalidOperationException(refusal);
        }
    }
}
