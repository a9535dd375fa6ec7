namespace Pipelines.Execution;

/// <summary>The claim on something that serves one run: the first run has it, every other is refused where it is started.</summary>
/// <param name="refusal">What a run is told that is refused.</param>
/// <param name="isGranted">Whether it is free; if not, every run is refused until <see cref="Grant"/>.</param>
internal sealed class OneShot(string refusal, bool isGranted = true)
{
    private int _claimed = isGranted ? 0 : 1;

    /// <summary>The run that is started next may have it.</summary>
    public void Grant() => Volatile.Write(ref _claimed, 0);

    /// <summary>Claims all, or none.</summary>
    /// <exception cref="InvalidOperationException">An earlier run has one of them.</exception>
    public static void ClaimAll(IReadOnlyList<OneShot> claims)
    {
        int claimed = 0;
        try
        {
            for (; claimed < claims.Count; claimed++)
            {
                claims[claimed].Claim();
            }
        }
        catch (InvalidOperationException)
        {
            while (claimed > 0)
            {
                Volatile.Write(ref claims[--claimed]._claimed, 0); // the run does not start: another may
            }

            throw;
        }
    }

    private void Claim()
    {
        if (Interlocked.Exchange(ref _claimed, 1) != 0)
        {
            throw new InvalidOperationException(refusal);
        }
    }
}
