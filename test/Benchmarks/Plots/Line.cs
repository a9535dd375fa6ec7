namespace Benchmarks.Plots;

/// <summary>One contender in a chart.</summary>
internal sealed record Line(string Name, List<(double X, double Y)> Points);
