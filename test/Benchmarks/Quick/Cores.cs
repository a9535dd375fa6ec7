using System.Diagnostics;

namespace Benchmarks.Quick;

/// <summary>Asks the machine, in the midst of each measurement: are all its cores there for us?</summary>
internal static class Cores
{
    // About 11 ms: for the first few a woken thread may run on the core of the one that woke it, however idle the others are.
    private const int Rounds = 10_000_000;

    /// <summary>The time of a loop on all cores at once, over its time on one. Far above 1, others were at work, or the cores are not whole ones.</summary>
    public static async Task<double> CrowdingAsync()
    {
        long start = Stopwatch.GetTimestamp();
        long one = Multiply();
        TimeSpan alone = Stopwatch.GetElapsedTime(start);

        start = Stopwatch.GetTimestamp();
        long[] all = await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(Multiply)));
        TimeSpan together = Stopwatch.GetElapsedTime(start);

        // The results are used, or the JIT would leave the multiplications out.
        return all.All(result => result == one) ? together / alone : throw new InvalidOperationException("The machine cannot multiply.");
    }

    private static long Multiply()
    {
        long value = 1;
        for (int i = 0; i < Rounds; i++)
        {
            value = (value * 6364136223846793005) + 1442695040888963407;
        }

        return value;
    }
}
