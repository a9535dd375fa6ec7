using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Pipelines.Console;

/// <summary>A run as a table: a row a block.</summary>
internal sealed class RunTable(bool unicode)
{
    private readonly Bars _bars = new(unicode);

    /// <summary>Draws the report. With an earlier one, rates and states are of the time since then; without, of the whole run.</summary>
    public IRenderable Draw(PipelineReport now, PipelineReport? before)
    {
        TimeSpan time = now.Elapsed - (before?.Elapsed ?? TimeSpan.Zero);
        var table = new Table().Border(unicode ? TableBorder.Rounded : TableBorder.Ascii).Title(Markup.Escape(RunHeadline.Of(now)));
        table.AddColumn(new TableColumn("block").NoWrap());
        table.AddColumn(new TableColumn("state").NoWrap());
        table.AddColumn(new TableColumn("busy").NoWrap().RightAligned());
        table.AddColumn(new TableColumn("in/s").NoWrap().RightAligned());
        table.AddColumn(new TableColumn("out/s").NoWrap().RightAligned());
        table.AddColumn(new TableColumn("queue").NoWrap());
        table.AddColumn(new TableColumn("failed").NoWrap().RightAligned());
        for (int i = 0; i < now.Blocks.Count; i++)
        {
            table.AddRow(Row(now, now.Blocks[i], before?.Blocks[i], time));
        }

        return new Rows(table, new Markup(_bars.Legend), new Markup(Markup.Escape(now.Bottleneck ?? "")), Failure(now));
    }

    private IRenderable[] Row(PipelineReport now, BlockReport block, BlockReport? before, TimeSpan time)
    {
        double mean = Workers(block, before, time);
        double busy = Share(block.Busy, before?.Busy, mean, time);
        double blocked = Share(block.Blocked, before?.Blocked, mean, time);
        double starved = Share(block.Starved, before?.Starved, mean, time);
        bool hasTimes = busy + blocked + starved > 0;
        string workers = block.Parallelism > 1 ? string.Create(CultureInfo.InvariantCulture, $" x{block.Parallelism}") : "";
        return
        [
            new Text(block.Name + workers) { Overflow = Overflow.Ellipsis },
            new Markup(hasTimes ? _bars.State(busy, blocked, starved) : ""),
            new Text(hasTimes ? busy.ToString("0 %", CultureInfo.InvariantCulture) : ""),
            new Text(block.Kind == BlockKind.Producer ? "" : Rate.Of(block.In - (before?.In ?? 0), time)),
            new Text(Rate.Of(block.Out - (before?.Out ?? 0), time)),
            new Markup(Queue(now, block)),
            new Markup(block.Failed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"[red]{block.Failed:N0}[/]")),
        ];
    }

    // All links in front of the block together.
    private string Queue(PipelineReport now, BlockReport block)
    {
        List<LinkReport> links = [.. now.Links.Where(link => link.To == block.Name)];
        if (links.Count == 0)
        {
            return "";
        }

        long waiting = links.Sum(link => link.Waiting);
        long? capacity = links.Sum(link => link.Capacity ?? 0) is var sum && links.TrueForAll(link => link.Capacity is not null) ? sum : null;
        return capacity is null
            ? string.Create(CultureInfo.InvariantCulture, $"{waiting:N0}, unbounded")
            : string.Create(CultureInfo.InvariantCulture, $"{_bars.Queue((double)waiting / capacity.Value)} {waiting:N0}/{capacity:N0}");
    }

    private static IRenderable Failure(PipelineReport now) => now.Failure is { } failure
        ? new Markup($"[red]{Markup.Escape($"{failure.Block} threw {failure.Exception.GetType().Name}: {failure.Exception.Message}")}[/]")
        : Text.Empty;

    private static double Share(TimeSpan part, TimeSpan? before, double workers, TimeSpan time) =>
        time > TimeSpan.Zero ? Math.Clamp((part - (before ?? TimeSpan.Zero)) / time / workers, 0, 1) : 0;

    // A parallelism that changes: the workers that there were, by the time they had.
    private static double Workers(BlockReport block, BlockReport? before, TimeSpan time) =>
        before is null || before.Parallelism == block.Parallelism || time <= TimeSpan.Zero ? block.Parallelism : Math.Max(1, (All(block) - All(before)) / time);

    private static TimeSpan All(BlockReport block) => block.Busy + block.Starved + block.Blocked + block.Unthreaded;
}
