using System.Globalization;

namespace Pipelines;

/// <summary>Finds out from a report who is waited for, and says it in a sentence.</summary>
/// <remarks>
/// A loop is as loaded as it is busy, and one that everybody else waits for is loaded all the time. Three loads are not to be seen as busy time:
/// workers that wait for the room of their own pool while downstream starves, which one slow item or the blocks fused behind the pool keep them from;
/// a producer that waits for its source; and a reader outside, who keeps the last block waiting for room.
/// </remarks>
internal static class BottleneckSentence
{
    // Loads as close as this are equal: then it is the one where items are dropped, or else the one that the others wait for most.
    private const double Close = 0.05;
    private const double Noticeable = 0.005;

    public static string? Of(PipelineReport report)
    {
        if (report.Elapsed <= TimeSpan.Zero)
        {
            return null;
        }

        List<Station> stations = Station.Of(report);
        Station? bottleneck = MostLoaded(stations);
        if (bottleneck is null || bottleneck.Load <= 0)
        {
            return null;
        }

        Station? waiter = LongestWaiter(stations, bottleneck);
        string who = bottleneck.IsSource ? $"whatever feeds {bottleneck.Name}, which waits for input {Percent(bottleneck.Starved)} of the time"
            : bottleneck.IsOutside ? $"whoever reads {bottleneck.Name}"
            : $"{bottleneck.Name} ({State(bottleneck)})";
        string waits = waiter is null ? "" : $"; {waiter.Name} {(waiter.Blocks.Count > 1 ? "wait" : "waits")} for it {Percent(waiter.WaitFor(bottleneck))} of the time";
        return $"Bottleneck: {who}{waits}.";
    }

    private static Station? MostLoaded(List<Station> stations)
    {
        double most = stations.Select(station => station.Load).DefaultIfEmpty().Max();
        return stations.Where(station => station.Load >= most - Close)
            .OrderByDescending(station => station.Drops)
            .ThenByDescending(station => stations.Sum(other => other.WaitFor(station)))
            .ThenByDescending(station => station.Load)
            .FirstOrDefault();
    }

    // Upstream first: that somebody is held back is what tells a bottleneck from the last of the work.
    private static Station? LongestWaiter(List<Station> stations, Station bottleneck)
    {
        if (bottleneck.IsSource)
        {
            return null; // it is outside, and what waits for it is the source itself
        }

        return stations.Where(station => station.WaitFor(bottleneck) >= Noticeable)
            .OrderByDescending(station => station.Feeds(bottleneck) && station.WaitFor(bottleneck) >= Close)
            .ThenByDescending(station => station.WaitFor(bottleneck))
            .FirstOrDefault();
    }

    private static string State(Station station)
    {
        string loop = station.Blocks.Count > 1 ? "one loop, " : "";
        if (station.Workers == 1)
        {
            return $"{loop}busy {Percent(station.Busy)}";
        }

        int busy = (int)Math.Round(station.Busy * station.Workers);
        string others = station.Load > station.Busy + Close ? ", the others wait for their results to be passed on" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{loop}{busy}/{station.Workers} workers busy {Percent(station.Busy)}{others}");
    }

    private static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);
}
