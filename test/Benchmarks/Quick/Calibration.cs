using System.Diagnostics;

namespace Benchmarks.Quick;

/// <summary>Finds how many rounds of a loop take a given time on this machine, so that "50 ns of work" are 50 ns on each.</summary>
internal static class Calibration
{
    private const int Steps = 4;
    private const int Samples = 35;

    // The JIT compiles the loop anew behind its thirtieth call and a pause; what the first steps find is put right by the last.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(0.5);

    /// <summary>The number of rounds with which an item takes so many nanoseconds.</summary>
    /// <param name="nanoseconds">How long an item is to take.</param>
    /// <param name="loop">Works on so many items, with so many rounds each, and returns something that depends on it.</param>
    public static int RoundsFor(double nanoseconds, Func<int, int, long> loop)
    {
        int items = (int)Math.Max(1, Sample.TotalNanoseconds / nanoseconds);
        int rounds = (int)Math.Max(1, nanoseconds);
        for (int step = 0; step < Steps; step++)
        {
            Thread.Sleep(Pause);
            rounds = (int)Math.Max(1, Math.Round(rounds * nanoseconds / Measure(items, rounds, loop)));
        }

        return rounds;
    }

    // The shortest of several: what disturbs a loop makes it longer.
    private static double Measure(int items, int rounds, Func<int, int, long> loop)
    {
        double shortest = double.MaxValue;
        for (int sample = 0; sample < Samples; sample++)
        {
            long start = Stopwatch.GetTimestamp();
            GC.KeepAlive(loop(items, rounds));
            shortest = Math.Min(shortest, Stopwatch.GetElapsedTime(start).TotalNanoseconds / items);
        }

        return shortest;
    }
}
