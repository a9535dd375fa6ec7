namespace Benchmarks.Quick;

/// <summary>How repetitions of one measurement lie.</summary>
internal sealed record Spread(double Minimum, double LowerQuartile, double Median, double UpperQuartile, double Maximum)
{
    // Two quiet runs of the same code differ by a few per cent. Half of the repetitions must lie this close together.
    public const double Bound = 0.20;

    public static Spread Of(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        double At(double share) => sorted[(int)Math.Round(share * (sorted.Length - 1))];
        return new Spread(sorted[0], At(0.25), At(0.5), At(0.75), sorted[^1]);
    }

    /// <summary>Whether the machine had other things to do.</summary>
    public bool IsNoisy => UpperQuartile - LowerQuartile > Bound * Median;
}
