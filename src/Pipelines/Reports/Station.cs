namespace Pipelines;

/// <summary>One loop of a report, as who works and who waits sees it: blocks that share their time are one. Shares are of the elapsed time.</summary>
internal sealed class Station(IReadOnlyList<BlockReport> blocks, TimeSpan elapsed)
{
    private readonly List<Station> _upstream = [];
    private readonly List<Station> _downstream = [];

    public IReadOnlyList<BlockReport> Blocks => blocks;

    public int Workers => Head.Parallelism;

    public double Busy => Share(Head.Busy);

    public double Starved => Share(Head.Starved);

    public double Blocked => Share(Head.Blocked);

    public bool Drops => blocks.Any(block => block.Dropped > 0);

    /// <summary>Runs in no loop of the run: who reads there is outside.</summary>
    public bool IsOutside => Head is { Kind: BlockKind.Consumer, Island: 0 } && Head.Busy + Head.Starved + Head.Blocked == TimeSpan.Zero;

    /// <summary>A producer that waits more than it works: what it waits for is outside.</summary>
    public bool IsSource => Head.Kind == BlockKind.Producer && Starved > Busy;

    /// <summary>How far it is from being able to do more, between 0 and 1.</summary>
    public double Load => IsSource ? Starved
        : IsOutside ? _upstream.Select(station => station.WaitFor(this)).DefaultIfEmpty().Max()
        : Workers == 1 ? Busy
        : Busy + Math.Max(0, Blocked - _downstream.Select(station => station.Occupied).DefaultIfEmpty().Max());

    /// <summary>The first and the last of its blocks, or all of it.</summary>
    public string Name => blocks switch
    {
        [var only] => only.Name,
        [var first, var last] => $"{first.Name} and {last.Name}",
        _ => $"{blocks[0].Name} … {blocks[^1].Name}",
    };

    private BlockReport Head => blocks[0];

    // How much of the time the link in front of it may have been full: while it starved that was empty, if it is the only one.
    private double Occupied => IsOutside || _upstream.Count > 1 ? 1 : 1 - Starved;

    public bool Feeds(Station other) => _downstream.Contains(other);

    /// <summary>How much of the time it waits for that one: for its room if it is downstream, for its items if it is upstream.</summary>
    public double WaitFor(Station other)
    {
        if (_upstream.Contains(other))
        {
            return Starved;
        }

        if (!_downstream.Contains(other))
        {
            return 0;
        }

        // Of several, it waits for the others as long as they are not starving, and for this one the rest.
        double forOthers = other.IsOutside ? _downstream.Where(next => next != other).Select(next => next.Busy).DefaultIfEmpty().Max() : 0;
        return Math.Max(0, Math.Min(Blocked, other.Occupied) - forOthers);
    }

    private double Share(TimeSpan part) => Math.Clamp(part / elapsed / Workers, 0, 1);

    /// <summary>The loops of a report, from upstream to downstream.</summary>
    public static List<Station> Of(PipelineReport report)
    {
        Dictionary<string, Station> byName = [];
        List<Station> stations = [];
        foreach (IGrouping<int, BlockReport> loop in report.Blocks.Index().GroupBy(
            row => row.Item.Island > 0 ? row.Item.Island : -row.Index, row => row.Item))
        {
            var station = new Station([.. loop], report.Elapsed);
            stations.Add(station);
            foreach (BlockReport block in station.Blocks)
            {
                byName[block.Name] = station;
            }
        }

        // A report that was put together by hand may have no links: then its loops are taken to follow each other.
        IEnumerable<(string From, string To)> links = report.Links.Count > 0
            ? report.Links.Select(link => (link.From, link.To))
            : stations.Zip(stations.Skip(1), (from, to) => (from.Blocks[^1].Name, to.Blocks[0].Name));
        foreach ((string From, string To) link in links)
        {
            if (byName.TryGetValue(link.From, out Station? from) && byName.TryGetValue(link.To, out Station? to) && from != to)
            {
                from._downstream.Add(to);
                to._upstream.Add(from);
            }
        }

        return stations;
    }
}
