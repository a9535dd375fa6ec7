using System.Globalization;
using System.Text;

namespace Pipelines;

/// <summary>Draws a graph as a Mermaid flowchart: islands are boxes around their blocks, links are arrows with their capacity.</summary>
internal static class Mermaid
{
    public static string Draw(PipelineGraph graph)
    {
        Dictionary<string, string> ids = [];
        foreach (GraphBlock block in graph.Blocks)
        {
            ids.Add(block.Name, string.Create(CultureInfo.InvariantCulture, $"b{ids.Count + 1}"));
        }

        Dictionary<string, GraphBlock> blocks = graph.Blocks.ToDictionary(block => block.Name);
        var text = new StringBuilder("flowchart LR");
        int number = 0;
        foreach (GraphIsland island in graph.Islands)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  subgraph island{++number} [\" \"]");
            foreach (string name in island.Blocks)
            {
                text.Append("\n    ").Append(ids[name]).Append(Shape(blocks[name]));
            }

            text.Append("\n  end");
        }

        // A consumer that hands its items to the outside runs in no island of ours.
        foreach (GraphBlock block in graph.Blocks.Where(block => !graph.Islands.Any(island => island.Blocks.Contains(block.Name))))
        {
            text.Append("\n  ").Append(ids[block.Name]).Append(Shape(block));
        }

        foreach (GraphFusion fusion in graph.Fusions)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {ids[fusion.From]} --> {ids[fusion.To]}");
        }

        foreach (GraphLink link in graph.Links)
        {
            string capacity = link.Capacity?.ToString("N0", CultureInfo.InvariantCulture) ?? "unbounded";
            text.Append(CultureInfo.InvariantCulture, $"\n  {ids[link.From]} == {capacity} ==> {ids[link.To]}");
        }

        return text.ToString();
    }

    private static string Shape(GraphBlock block)
    {
        string label = Quote(block.Name);
        if (block.Parallelism > 1)
        {
            label += string.Create(CultureInfo.InvariantCulture, $"<br/>{block.Parallelism} at once{(block.Ordered ? "" : ", unordered")}");
        }

        return block.Kind switch
        {
            BlockKind.Producer => $"([\"{label}\"])",
            BlockKind.Consumer => $"[[\"{label}\"]]",
            _ => $"[\"{label}\"]",
        };
    }

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
