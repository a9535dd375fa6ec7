using System.Globalization;
using System.Text;

namespace Pipelines;

/// <summary>Draws a graph in Graphviz' DOT language: islands are clusters, links are bold arrows with their capacity.</summary>
internal static class Dot
{
    public static string Draw(PipelineGraph graph, GraphOverlay? overlay = null)
    {
        var drawing = new Drawing(graph, overlay);
        var text = new StringBuilder(
            "digraph pipeline {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];");
        int number = 0;
        foreach (IReadOnlyList<GraphBlock> island in drawing.Islands)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  subgraph cluster_{++number} {{\n    style=dashed;");
            foreach (GraphBlock block in island)
            {
                text.Append("\n    ").Append(Node(block, drawing));
            }

            text.Append("\n  }");
        }

        foreach (GraphBlock block in drawing.Outside)
        {
            text.Append("\n  ").Append(Node(block, drawing));
        }

        foreach (GraphFusion fusion in graph.Fusions)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {Id(fusion.From, drawing)} -> {Id(fusion.To, drawing)};");
        }

        foreach (GraphLink link in graph.Links)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {Id(link.From, drawing)} -> {Id(link.To, drawing)} [label=\"{drawing.Label(link)}\", style=bold];");
        }

        if (overlay?.Caption is { } caption)
        {
            // Behind the clusters: they would inherit it.
            text.Append(CultureInfo.InvariantCulture, $"\n  label={Quote(caption)};\n  labelloc=b;\n  fontname=\"sans-serif\";");
        }

        return text.Append("\n}").ToString();
    }

    private static string Node(GraphBlock block, Drawing drawing)
    {
        string label = string.Join("\\n", drawing.Lines(block).Select(Escape));
        string colour = drawing.Colour(block) is { } fill ? $", style=\"rounded,filled\", fillcolor=\"{fill}\", fontcolor=white" : "";
        string shape = block.Kind switch
        {
            BlockKind.Producer => ", shape=oval",
            BlockKind.Consumer => ", peripheries=2",
            _ => "",
        };
        return $"{Id(block.Name, drawing)} [label=\"{label}\"{shape}{colour}];";
    }

    // A name that is shown as it is may be its own identifier, so that whoever reads the source knows it. Any other might, escaped or cut, be that of another
    // block:
    // it is one backslash and a number, which no name is, whose backslashes are doubled.
    private static string Id(string name, Drawing drawing) => Drawing.IsShownAsItIs(name) ? Quote(name) : $"\"\\{drawing.Number(name)}\"";

    private static string Quote(string text) => $"\"{Escape(text)}\"";

    // In a label &lt; would be read as an entity, and \N as the node's name.
    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);
}
