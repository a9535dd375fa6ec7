using System.Globalization;

namespace Pipelines;

/// <summary>Finds out from a report who is waited for, and says it in a sentence.</summary>
/// <remarks>
/// A loop is as loaded as it executes or could, and one that everybody else waits for is loaded all the time. Three loads are not to be seen as that:
/// workers that wait for the room of their own pool while downstream starves, which one slow item or the blocks fused behind the pool keep them from;
/// a producer that waits for its source, unless that is a timer of its own; and a reader outside, who keeps the last block waiting for room.
/// </remarks>
internal static class BottleneckSentence
{
    // Loads as close as this are equal: then it is the one where items are dropped, or else the one that the others wait for most.
    private const double Close = 0.05;
    private const double Noticeable = 0.005;

    // Behind a pool one item at a time is on its way for more than half of the time: then that is what the workers wait for, and not one slow item.
    private const double MostOfTheTime = 0.5;

    public static string? Of(PipelineReport report)
    {
        if (Find(report) is not { } bottleneck)
        {
            return null;
        }

        Station? waiter = LongestWaiter(bottleneck);
        string who = bottleneck.IsSource ? $"whatever feeds {bottleneck.Name}, which waits for input {Percent(bottleneck.Starved)} of the time"
            : bottleneck.IsOutside ? $"whoever reads {bottleneck.Name}"
            : IsSerialBehindThePool(bottleneck) ? $"{Serial(bottleneck)} ({Workers(bottleneck)})"
            : bottleneck.SlowestInside is { } slowest ? $"{SafeText.OnOneLine(slowest.Name)} in the section {bottleneck.Name} ({State(bottleneck)})"
            : $"{bottleneck.Name} ({State(bottleneck)})";
        string waits = waiter is null ? ""
            : $"; {waiter.Name} {(waiter.Blocks.Count > 1 ? "wait" : "waits")} for it {Percent(waiter.WaitFor(bottleneck))} of the time";
        return $"Bottleneck: {who}{waits}.";
    }

    /// <summary>The blocks that the sentence is about; none where there is no sentence.</summary>
    public static IReadOnlyList<BlockReport> BlocksOf(PipelineReport report) => Find(report) switch
    {
        null => [],
        { IsSource: true } source => [source.Head],
        var pool when IsSerialBehindThePool(pool) => pool.BehindThePool,
        { SlowestInside: { } slowest } => [slowest],
        var bottleneck => bottleneck.Blocks,
    };

    private static Station? Find(PipelineReport report)
    {
        Station? most = report.Elapsed > TimeSpan.Zero ? MostLoaded(Station.Of(report)) : null;
        return most is null || most.Load <= 0 || IsOnTime(most) ? null : most;
    }

    private static Station? MostLoaded(List<Station> stations)
    {
        double[] loads = [.. stations.Select(station => station.Load)];
        double most = loads.DefaultIfEmpty().Max();
        return stations.Where(station => loads[station.Index] >= most - Close)
            .OrderBy(IsOnTime)
            .ThenByDescending(station => station.Drops)
            .ThenByDescending(station => station.Neighbours.Sum(other => other.WaitFor(station)))
            .ThenByDescending(station => loads[station.Index])
            .FirstOrDefault();
    }

    // A timer by itself, or with blocks that wait for it: whoever waits for it is on time.
    private static bool IsOnTime(Station station) => station.KeepsTime && (station.IsSource || station.Blocks.Count == 1);

    // Upstream first: that somebody is held back is what tells a bottleneck from the last of the work.
    private static Station? LongestWaiter(Station bottleneck)
    {
        if (bottleneck.IsSource)
        {
            return null; // it is outside, and what waits for it is the source itself
        }

        return bottleneck.Neighbours.Where(station => station.WaitFor(bottleneck) >= Noticeable)
            .OrderByDescending(station => station.Feeds(bottleneck) && station.WaitFor(bottleneck) >= Close)
            .ThenByDescending(station => station.WaitFor(bottleneck))
            .FirstOrDefault();
    }

    private static string State(Station station) =>
        (station.Blocks.Count > 1 ? "one loop, " : "") + (station.Workers == 1 ? $"busy {Percent(station.Busy)}{Threads(station)}" : Workers(station));

    private static string Workers(Station station)
    {
        int busy = (int)Math.Round(station.Busy * station.Workers);
        string others = station.WaitForItself > Close ? $", the others wait for their results to be passed on{Advice(station)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{busy}/{station.Workers} workers busy {Percent(station.Busy)}{others}{Threads(station)}");
    }

    // One slow item holds up those behind it, and then a greater window or no order helps. Neither makes the blocks behind the pool any quicker.
    private static string Advice(Station station) => station.IsOrdered && !IsSerialBehindThePool(station) ? ": raise Capacity or set Ordered = false" : "";

    // Where nobody has measured how long that takes, as in a report that was put together by hand, it is what there is to be seen of the pool.
    private static bool IsSerialBehindThePool(Station station) => station.BehindThePool.Count > 0
        && (station.Passing >= 1 - Close || (station.WaitForItself > Close && station.Passing is 0 or >= MostOfTheTime));

    private static string Serial(Station station)
    {
        string verb = station.BehindThePool.Count > 1 ? "run" : "runs";
        return $"{Station.NameOf(station.BehindThePool)} {verb} one item at a time behind the {station.Workplace}";
    }

    private static string Threads(Station station) =>
        station.Unthreaded >= Close ? $", waits for a thread {Percent(station.Unthreaded)} of the time: the thread pool is short of threads" : "";

    private static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);
}
