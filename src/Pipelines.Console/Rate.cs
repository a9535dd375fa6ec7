using System.Globalization;

namespace Pipelines.Console;

/// <summary>Items a second, in as many digits as say something.</summary>
internal static class Rate
{
    public static string Of(long count, TimeSpan time)
    {
        double rate = time > TimeSpan.Zero ? Math.Max(0, count) / time.TotalSeconds : 0;
        return rate.ToString(rate is 0 or >= 10 ? "N0" : "0.0", CultureInfo.InvariantCulture) + "/s";
    }
}
