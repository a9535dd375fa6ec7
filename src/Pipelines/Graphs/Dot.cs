using System.Globalization;
using System.Text;

namespace Pipelines;

/// <summary>Draws a graph in Graphviz' DOT language: islands are clusters, links are bold arrows with their capacity.</summary>
internal static class Dot
{
    public static string Draw(PipelineGraph graph, GraphOverlay? overlay = null)
    {
        Dictionary<string, GraphBlock> blocks = graph.Blocks.ToDictionary(block => block.Name);
        var text = new StringBuilder("digraph pipeline {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];");
        int number = 0;
        foreach (GraphIsland island in graph.Islands)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  subgraph cluster_{++number} {{\n    style=dashed;");
            foreach (string name in island.Blocks)
            {
                text.Append("\n    ").Append(Node(blocks[name], overlay));
            }

            text.Append("\n  }");
        }

        // A consumer that hands its items to the outside runs in no island of ours.
        foreach (GraphBlock block in graph.Blocks.Where(block => !graph.Islands.Any(island => island.Blocks.Contains(block.Name))))
        {
            text.Append("\n  ").Append(Node(block, overlay));
        }

        foreach (GraphFusion fusion in graph.Fusions)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {Quote(fusion.From)} -> {Quote(fusion.To)};");
        }

        foreach (GraphLink link in graph.Links)
        {
            string capacity = link.Capacity?.ToString("N0", CultureInfo.InvariantCulture) ?? "unbounded";
            text.Append(CultureInfo.InvariantCulture, $"\n  {Quote(link.From)} -> {Quote(link.To)} [label=\"{overlay?.Queue(link, capacity) ?? capacity}\", style=bold];");
        }

        if (overlay?.Caption is { } caption)
        {
            // Behind the clusters: they would inherit it.
            text.Append(CultureInfo.InvariantCulture, $"\n  label={Quote(caption)};\n  labelloc=b;\n  fontname=\"sans-serif\";");
        }

        return text.Append("\n}").ToString();
    }

    private static string Node(GraphBlock block, GraphOverlay? overlay)
    {
        string label = block.Name;
        if (block.Parallelism > 1)
        {
            label += string.Create(CultureInfo.InvariantCulture, $"\n{block.Parallelism} at once{(block.Ordered ? "" : ", unordered")}");
        }

        label = string.Join('\n', [label, .. overlay?.Lines(block) ?? []]);
        string colour = overlay?.Colour(block) is { } fill ? $", style=\"rounded,filled\", fillcolor=\"{fill}\", fontcolor=white" : "";
        string shape = block.Kind switch
        {
            BlockKind.Producer => ", shape=oval",
            BlockKind.Consumer => ", peripheries=2",
            _ => "",
        };
        return $"{Quote(block.Name)} [label={Quote(label)}{shape}{colour}];";
    }

    // In a label &lt; would be read as an entity.
    private static string Quote(string name) =>
        $"\"{name.Replace("&", "&amp;", StringComparison.Ordinal).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
