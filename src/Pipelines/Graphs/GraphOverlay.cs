using System.Globalization;

namespace Pipelines;

/// <summary>What a report adds to a drawing: each block's rate and state in words, and the state as a colour.</summary>
internal sealed class GraphOverlay
{
    private readonly PipelineReport _report;
    private readonly Dictionary<string, BlockReport> _blocks = [];
    private readonly Dictionary<(string From, string To), LinkReport> _links = [];

    public GraphOverlay(PipelineReport report)
    {
        _report = report;
        foreach (BlockReport block in report.Blocks)
        {
            _blocks[block.Name] = block;
        }

        foreach (LinkReport link in report.Links)
        {
            _links.TryAdd((link.From, link.To), link);
        }
    }

    /// <summary>The sentence below the drawing.</summary>
    public string? Caption => _report.Bottleneck;

    /// <summary>What stands below a block's name, line by line. Nothing for a block that the report does not have.</summary>
    public IEnumerable<string> Lines(GraphBlock block)
    {
        if (!_blocks.TryGetValue(block.Name, out BlockReport? row))
        {
            yield break;
        }

        if (_report.Elapsed > TimeSpan.Zero)
        {
            yield return Rates(row);
        }

        if (State(row) is { Length: > 0 } state)
        {
            yield return state;
        }

        (long Count, string What)[] left = [(row.Filtered, "filtered"), (row.Failed, "failed"), (row.Dropped, "dropped"), (row.Undelivered, "undelivered")];
        string lost = string.Join(", ", left
            .Where(kind => kind.Count > 0)
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Count:N0} {kind.What}")));
        if (lost.Length > 0)
        {
            yield return lost;
        }
    }

    /// <summary>From blue for idle through red for busy to black for blocked; null for a block that spent no time here.</summary>
    public string? Colour(GraphBlock block)
    {
        if (!_blocks.TryGetValue(block.Name, out BlockReport? row) || !HasTimes(row))
        {
            return null;
        }

        double busy = Share(row.Busy, row);
        double idle = Math.Max(0, 1 - busy - Share(row.Blocked, row) - Share(row.Unthreaded, row));
        return string.Create(CultureInfo.InvariantCulture, $"#{Mix(busy, 208, idle, 40):x2}{Mix(busy, 24, idle, 88):x2}{Mix(busy, 24, idle, 200):x2}");
    }

    /// <summary>What waits on a link of how much; only the latter once the run has ended and nothing waits any more.</summary>
    public string Queue(GraphLink link, string capacity) =>
        _report.Outcome == RunOutcome.Running && _links.TryGetValue((link.From, link.To), out LinkReport? found)
            ? string.Create(CultureInfo.InvariantCulture, $"{found.Waiting:N0} of {capacity}")
            : capacity;

    private string Rates(BlockReport row) => row.Kind switch
    {
        BlockKind.Transform when row.In != row.Out => $"in {Rate(row.In)}, out {Rate(row.Out)}",
        _ => Rate(row.Out),
    };

    private string Rate(long count)
    {
        double rate = count / _report.Elapsed.TotalSeconds;
        return rate.ToString(rate >= 10 ? "N0" : "0.#", CultureInfo.InvariantCulture) + "/s";
    }

    // Busy always, and a wait that takes more.
    private string State(BlockReport row)
    {
        if (!HasTimes(row))
        {
            return "";
        }

        (TimeSpan Time, string Words) wait = row.Blocked > row.Starved ? (row.Blocked, "waits for room") : (row.Starved, "waits for input");
        wait = row.Unthreaded > wait.Time ? (row.Unthreaded, "waits for a thread") : wait;
        return $"busy {Percent(row.Busy, row)}" + (wait.Time > row.Busy ? $", {wait.Words} {Percent(wait.Time, row)}" : "");
    }

    private bool HasTimes(BlockReport row) => _report.Elapsed > TimeSpan.Zero && row.Time > TimeSpan.Zero;

    private double Share(TimeSpan part, BlockReport row) => Math.Clamp(part / _report.Elapsed / row.MeanParallelism, 0, 1);

    private string Percent(TimeSpan part, BlockReport row) => Share(part, row).ToString("0 %", CultureInfo.InvariantCulture);

    private static int Mix(double busy, int ofBusy, double idle, int ofIdle) => (int)Math.Round((busy * ofBusy) + (idle * ofIdle));
}
