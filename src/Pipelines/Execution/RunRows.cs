using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

// The part of a run that puts its blocks and links into the rows of a report.
public sealed partial class PipelineRun
{
    /// <summary>The blocks as of now, from upstream to downstream.</summary>
    internal BlockReport[] ReportBlocks(long now)
    {
        var blocks = new BlockReport[Plan.BlockCount];
        int index = 0;
        for (BlockRun? block = Plan.FirstBlock; block is not null; block = block.Following)
        {
            blocks[index++] = Report(block, now);
        }

        return blocks;
    }

    internal LinkReport[] ReportLinks()
    {
        List<LinkReport> links = [];
        for (BlockRun? block = Plan.FirstBlock; block is not null; block = block.Following)
        {
            foreach (IOutlet input in block.Inputs)
            {
                if (block.LinkFrom(input) is { } link)
                {
                    links.Add(Report(link, NameOf(input.Source), NameOf(block)));
                }
            }
        }

        return [.. links];
    }

    private sealed class FinalBlocks(PipelineRun run) : FinalRows<BlockReport>
    {
        protected override BlockReport[] Make() => run.ReportBlocks(run._ended);
    }

    private sealed class FinalLinks(PipelineRun run) : FinalRows<LinkReport>
    {
        protected override LinkReport[] Make() => run.ReportLinks();
    }

    private static LinkReport Report(Queue link, string from, string to) => new()
    {
        From = from,
        To = to,
        Waiting = link.Count,
        Capacity = link.Capacity == long.MaxValue ? null : link.Capacity,
    };

    private BlockReport Report(BlockRun block, long now)
    {
        TimeProvider time = Options.TimeProvider;
        int workers = block.Blueprint.Options.Parallelism;
        IslandTimes times = block.Island is { } island ? island.TimesAt(now - _started + 1).Scaled(workers, island.Workers) : default;
        return new BlockReport
        {
            Name = NameOf(block),
            Kind = block.Blueprint.Kind,
            Parallelism = workers,
            Island = block.Island?.Number ?? 0,
            In = block.In,
            Out = block.Out,
            Filtered = block.Filtered,
            Failed = block.Failed,
            Dropped = block.Dropped,
            Undelivered = block.Undelivered,
            Busy = time.GetElapsedTime(0, times.Busy),
            Starved = time.GetElapsedTime(0, times.Starved),
            Blocked = time.GetElapsedTime(0, times.Blocked),
        };
    }
}
