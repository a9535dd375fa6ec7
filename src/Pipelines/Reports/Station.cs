namespace Pipelines;

/// <summary>One loop of a report, as who works and who waits sees it: blocks that share their time are one. Shares are of the elapsed time.</summary>
/// <remarks>What is asked of it is linear in its neighbours at most, so that all stations of a report together are linear in its links.</remarks>
internal sealed class Station(int index, IReadOnlyList<BlockReport> blocks, TimeSpan elapsed)
{
    private readonly HashSet<Station> _upstream = [];
    private readonly HashSet<Station> _downstream = [];

    // Of what is downstream: the greatest occupation, and the two that are busiest.
    private double _downstreamOccupied;
    private Station? _busiest;
    private Station? _secondBusiest;

    /// <summary>Its place in the report.</summary>
    public int Index => index;

    public IReadOnlyList<BlockReport> Blocks => blocks;

    public int Workers => Head.Parallelism;

    public bool IsOrdered => Head.Ordered;

    public double Busy => Share(Head.Busy);

    public double Starved => Share(Head.Starved);

    public double Blocked => Share(Head.Blocked);

    public double Unthreaded => Share(Head.Unthreaded);

    public bool Drops => blocks.Any(block => block.Dropped > 0);

    /// <summary>Runs in no loop of the run: who reads there is outside.</summary>
    public bool IsOutside => Head is { Kind: BlockKind.Consumer, Island: 0 } && Head.Time == TimeSpan.Zero;

    /// <summary>A producer that waits more than it works: what it waits for is outside.</summary>
    public bool IsSource => Head.Kind == BlockKind.Producer && Starved > Busy + Unthreaded;

    /// <summary>Begins with a timer or its like. That it waits is what it is for.</summary>
    public bool KeepsTime => Head.KeepsTime;

    /// <summary>How far it is from being able to do more, between 0 and 1.</summary>
    public double Load => IsSource ? Starved
        : IsOutside ? _upstream.Select(station => station.WaitFor(this)).DefaultIfEmpty().Max()
        : Math.Max(Busy + Unthreaded + WaitForItself, Passing);

    /// <summary>How much of the time workers of a pool wait for the room of their own window although there is room downstream.</summary>
    public double WaitForItself => Workers == 1 ? 0 : Math.Max(0, Blocked - _downstreamOccupied);

    /// <summary>How much of the time something is on its way through the blocks behind a pool, one item at a time. Zero where nobody has measured it.</summary>
    public double Passing => Workers == 1 ? 0 : Math.Clamp(Head.Passing / elapsed, 0, 1);

    /// <summary>The blocks behind the pool, which its workers run one at a time; empty if there is no pool.</summary>
    public IReadOnlyList<BlockReport> BehindThePool => Workers == 1 ? [] : [.. blocks.Skip(InParallel)];

    public BlockReport Head => blocks[0];

    /// <summary>What it is called: a timer in front of others is left out, and so is what stands behind a parallel section.</summary>
    public string Name => NameOf(
        KeepsTime && blocks.Count > 1 ? [.. blocks.Skip(1)]
        : InParallel > 1 ? [.. blocks.Take(InParallel)]
        : blocks);

    /// <summary>What its workers work in: a pool, or a parallel section of several blocks.</summary>
    public string Workplace => InParallel > 1 ? $"section {Name}" : $"pool {SafeText.OnOneLine(Head.Name)}";

    /// <summary>Of a parallel section, the one block in which its workers spend most of their time; null if there is none, or nobody has looked.</summary>
    public BlockReport? SlowestInside
    {
        get
        {
            BlockReport? most = InParallel > 1 ? blocks.Take(InParallel).MaxBy(block => block.Inside) : null;
            return most is not null && 2 * most.Inside > blocks.Take(InParallel).Aggregate(TimeSpan.Zero, (all, block) => all + block.Inside) ? most : null;
        }
    }

    // How many blocks its workers run at once: a pool, or those of a parallel section.
    private int InParallel => Workers == 1 ? 0 : blocks.TakeWhile(block => block.Parallelism == Workers).Count();

    /// <summary>The stations that have a link with it, from upstream to downstream.</summary>
    public IEnumerable<Station> Neighbours => _upstream.Union(_downstream).OrderBy(station => station.Index);

    // How much of the time the link in front of it may have been full: while it starved that was empty, if it is the only one.
    private double Occupied => IsOutside || _upstream.Count > 1 ? 1 : 1 - Starved;

    /// <summary>The first and the last of some blocks, or all of them.</summary>
    public static string NameOf(IReadOnlyList<BlockReport> blocks) => blocks switch
    {
        [var only] => SafeText.OnOneLine(only.Name),
        [var first, var last] => $"{SafeText.OnOneLine(first.Name)} and {SafeText.OnOneLine(last.Name)}",
        _ => $"{SafeText.OnOneLine(blocks[0].Name)} … {SafeText.OnOneLine(blocks[^1].Name)}",
    };

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
        double forOthers = other.IsOutside ? (_busiest == other ? _secondBusiest : _busiest)?.Busy ?? 0 : 0;
        return Math.Max(0, Math.Min(Blocked, other.Occupied) - forOthers);
    }

    private double Share(TimeSpan part) => Math.Clamp(part / elapsed / Head.MeanParallelism, 0, 1);

    private void LookDownstream()
    {
        foreach (Station next in _downstream)
        {
            _downstreamOccupied = Math.Max(_downstreamOccupied, next.Occupied);
            if (_busiest is null || next.Busy > _busiest.Busy)
            {
                (_busiest, _secondBusiest) = (next, _busiest);
            }
            else if (_secondBusiest is null || next.Busy > _secondBusiest.Busy)
            {
                _secondBusiest = next;
            }
        }
    }

    /// <summary>The loops of a report, from upstream to downstream.</summary>
    public static List<Station> Of(PipelineReport report)
    {
        Dictionary<string, Station> byName = [];
        List<Station> stations = [];
        foreach (IGrouping<int, BlockReport> loop in report.Blocks.Index().GroupBy(
            row => row.Item.Island > 0 ? row.Item.Island : -row.Index, row => row.Item))
        {
            var station = new Station(stations.Count, [.. loop], report.Elapsed);
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

        stations.ForEach(station => station.LookDownstream());
        return stations;
    }
}
