using System.Diagnostics;
using System.Globalization;

namespace Pipelines.Tests;

/// <summary>Runs a trial again and again, each with its own seed: for a second, or for as long as <c>PIPELINES_STRESS_SECONDS</c> says.</summary>
/// <remarks>A trial puts its seed into its failure message; <c>PIPELINES_SEED</c> then runs that one trial.</remarks>
internal static class Stress
{
    /// <param name="trial">Gets a seed.</param>
    /// <param name="atLeast">How many trials there are, however long they take.</param>
    public static async Task ForSomeTimeAsync(Func<int, Task> trial, int atLeast = 1)
    {
        if (Environment.GetEnvironmentVariable("PIPELINES_SEED") is { Length: > 0 } seed)
        {
            await trial(int.Parse(seed, CultureInfo.InvariantCulture));
            return;
        }

        string? seconds = Environment.GetEnvironmentVariable("PIPELINES_STRESS_SECONDS");
        TimeSpan limit = TimeSpan.FromSeconds(seconds is { Length: > 0 } ? double.Parse(seconds, CultureInfo.InvariantCulture) : 1);
        var watch = Stopwatch.StartNew();
        int first = Random.Shared.Next(int.MaxValue / 2);
        for (int trials = 0; trials < atLeast || watch.Elapsed < limit; trials++)
        {
            await trial(first + trials);
        }
    }
}
