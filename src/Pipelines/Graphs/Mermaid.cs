using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipelines;

/// <summary>Draws a graph as a Mermaid flowchart: islands are boxes around their blocks, links are arrows with their capacity.</summary>
internal static class Mermaid
{
    public static string Draw(PipelineGraph graph, GraphOverlay? overlay = null)
    {
        Dictionary<string, string> ids = [];
        foreach (GraphBlock block in graph.Blocks)
        {
            ids.Add(block.Name, string.Create(CultureInfo.InvariantCulture, $"b{ids.Count + 1}"));
        }

        Dictionary<string, GraphBlock> blocks = graph.Blocks.ToDictionary(block => block.Name);
        var text = new StringBuilder();
        if (overlay?.Caption is { } caption)
        {
            text.Append(CultureInfo.InvariantCulture, $"---\ntitle: {Yaml(caption)}\n---\n");
        }

        text.Append("flowchart LR");
        int number = 0;
        foreach (GraphIsland island in graph.Islands)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  subgraph island{++number} [\" \"]");
            foreach (string name in island.Blocks)
            {
                text.Append("\n    ").Append(ids[name]).Append(Shape(blocks[name], overlay));
            }

            text.Append("\n  end");
        }

        // A consumer that hands its items to the outside runs in no island of ours.
        foreach (GraphBlock block in graph.Blocks.Where(block => !graph.Islands.Any(island => island.Blocks.Contains(block.Name))))
        {
            text.Append("\n  ").Append(ids[block.Name]).Append(Shape(block, overlay));
        }

        foreach (GraphFusion fusion in graph.Fusions)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {ids[fusion.From]} --> {ids[fusion.To]}");
        }

        foreach (GraphLink link in graph.Links)
        {
            string capacity = link.Capacity?.ToString("N0", CultureInfo.InvariantCulture) ?? "unbounded";
            text.Append(CultureInfo.InvariantCulture, $"\n  {ids[link.From]} == {overlay?.Queue(link, capacity) ?? capacity} ==> {ids[link.To]}");
        }

        foreach (GraphBlock block in graph.Blocks)
        {
            if (overlay?.Colour(block) is { } fill)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n  style {ids[block.Name]} fill:{fill},stroke:{fill},color:#ffffff");
            }
        }

        return text.ToString();
    }

    private static string Shape(GraphBlock block, GraphOverlay? overlay)
    {
        string label = Quote(block.Name);
        if (block.Parallelism > 1)
        {
            label += string.Create(CultureInfo.InvariantCulture, $"<br/>{block.Parallelism} at once{(block.Ordered ? "" : ", unordered")}");
        }

        label = string.Join("<br/>", [label, .. overlay?.Lines(block) ?? []]);
        return block.Kind switch
        {
            BlockKind.Producer => $"([\"{label}\"])",
            BlockKind.Consumer => $"[[\"{label}\"]]",
            _ => $"[\"{label}\"]",
        };
    }

    // The title stands outside of the diagram, in YAML, which takes a string of JSON. Mermaid cleans it as HTML, and knows no entities there:
    // what looks like a tag would vanish, and any other angle would be shown as its entity.
    private static string Yaml(string text) => $"\"{JsonEncodedText.Encode(text.Replace('<', '‹').Replace('>', '›'), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    // Mermaid reads #name; as an entity, markup as HTML, and a backtick behind the quote as Markdown.
    private static string Quote(string name)
    {
        var quoted = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            quoted.Append(c switch
            {
                '#' => "#35;",
                '"' => "#quot;",
                '<' => "#lt;",
                '>' => "#gt;",
                '&' => "#amp;",
                '`' => "#96;",
                '\\' => "#92;",
                _ => c.ToString(),
            });
        }

        return quoted.ToString();
    }
}
