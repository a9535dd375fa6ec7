namespace Pipelines.Execution;

/// <summary>The claim on something that serves one run: the first run has it, every other is refused where it is started.</summary>
internal sealed class OneShot(string refusal)
{
    private int _claimed;

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
