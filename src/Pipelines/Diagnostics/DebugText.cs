using System.Globalization;

namespace Pipelines;

/// <summary>How things read in a debugger: one short line each, which takes no lock and throws nothing.</summary>
internal static class DebugText
{
    private const int NamesShown = 6;

    /// <summary>The blocks of a pipeline from end to end, those in the middle left out when they are many.</summary>
    public static string Of(IReadOnlyList<GraphBlock> blocks)
    {
        IEnumerable<string> names = blocks.Select(block => block.Name);
        return string.Join(
            " -> ", blocks.Count <= NamesShown ? names : [.. names.Take(NamesShown - 2), $"… {blocks.Count - NamesShown + 1} more …", blocks[^1].Name]);
    }

    public static string Of(BlockReport block)
    {
        string failed = block.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $" failed={block.Failed:N0}") : "";
        string lost = block.Undelivered > 0 ? string.Create(CultureInfo.InvariantCulture, $" undelivered={block.Undelivered:N0}") : "";
        string busy = block.Time > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $" busy={block.Busy / block.Time:0 %}") : "";
        string input = block.Kind == BlockKind.Producer ? "" : string.Create(CultureInfo.InvariantCulture, $" in={block.In:N0}");
        return string.Create(CultureInfo.InvariantCulture, $"{block.Name} {input} out={block.Out:N0}{failed}{lost}{busy}");
    }

    public static string Of(LinkReport link) =>
        string.Create(CultureInfo.InvariantCulture, $"{link.From} -> {link.To}  queue={link.Waiting:N0}/{Capacity(link.Capacity)}");

    public static string Of(GraphBlock block) => block.Name + Workers(block.Parallelism, block.Ordered);

    public static string Of(PipelineGraph graph) => string.Create(
        CultureInfo.InvariantCulture,
        $"{graph.Blocks.Count} blocks, {graph.Links.Count} links, {graph.Islands.Count} islands, at most {Capacity(graph.MaxInFlight)} in flight");

    public static string Of(BlockOptions options) =>
        $"{options.Name ?? "unnamed"}{Workers(options.MostWorkers, options.Ordered)}"
        + (options.Capacity is { } capacity ? string.Create(CultureInfo.InvariantCulture, $" capacity={capacity:N0}") : "")
        + (options.Timeout is { } timeout ? string.Create(CultureInfo.InvariantCulture, $" timeout={timeout:c}") : "");

    public static string Of(ProducerOptions options) =>
        (options.Name ?? "unnamed") + (options.Capacity is { } capacity ? string.Create(CultureInfo.InvariantCulture, $" capacity={capacity:N0}") : "");

    public static string Of(PipelineOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"{options.Name ?? "unnamed"} capacity={options.Capacity:N0}");

    public static string Capacity(long? capacity) => capacity?.ToString("N0", CultureInfo.InvariantCulture) ?? "unbounded";

    private static string Workers(int parallelism, bool ordered) =>
        (parallelism > 1 ? string.Create(CultureInfo.InvariantCulture, $" parallelism={parallelism}") : "") + (ordered ? "" : " unordered");
}
