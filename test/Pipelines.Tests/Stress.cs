using System.Diagnostics;
using System.Globalization;

namespace Pipelines.Tests;

/// <summary>Runs a trial again and again, each with its own seed: for three seconds, or for as long as <c>PIPELINES_STRESS_SECONDS</c> says.</summary>
/// <remarks>A trial puts its seed into its failure message; <c>PIPELINES_SEED</c> then runs that one trial.</remarks>
internal static class Stress
{
    public static async Task ForSomeTimeAsync(Func<int, Task> trial)
    {
        if (Environment.GetEnvironmentVariable("PIPELINES_SEED") is { Length: > 0 } seed)
        {
            await trial(int.Parse(seed, CultureInfo.InvariantCulture));
            return;
        }

        string? seconds = Environment.GetEnvironmentVariable("PIPELINES_STRESS_SECONDS");
        TimeSpan limit = TimeSpan.FromSeconds(seconds is { Length: > 0 } ? double.Parse(seconds, CultureInfo.InvariantCulture) : 3);
        var watch = Stopwatch.StartNew();
        int next = Random.Shared.Next();
        do
        {
            await trial(next++);
        }
        while (watch.Elapsed < limit);
    }
}
