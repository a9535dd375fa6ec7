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
        var drawing = new Drawing(graph, overlay);
        var text = new StringBuilder();
        if (overlay?.Caption is { } caption)
        {
            text.Append(CultureInfo.InvariantCulture, $"---\ntitle: {Yaml(caption)}\n---\n");
        }

        text.Append("flowchart LR");
        int number = 0;
        foreach (IReadOnlyList<GraphBlock> island in drawing.Islands)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  subgraph island{++number} [\" \"]");
            foreach (GraphBlock block in island)
            {
                text.Append("\n    ").Append(Node(block, drawing));
            }

            text.Append("\n  end");
        }

        foreach (GraphBlock block in drawing.Outside)
        {
            text.Append("\n  ").Append(Node(block, drawing));
        }

        foreach (GraphFusion fusion in graph.Fusions)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  b{drawing.Number(fusion.From)} --> b{drawing.Number(fusion.To)}");
        }

        foreach (GraphLink link in graph.Links)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  b{drawing.Number(link.From)} == {drawing.Label(link)} ==> b{drawing.Number(link.To)}");
        }

        foreach (GraphBlock block in graph.Blocks)
        {
            if (drawing.Colour(block) is { } fill)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n  style b{drawing.Number(block.Name)} fill:{fill},stroke:{fill},color:#ffffff");
            }
        }

        return text.ToString();
    }

    private static string Node(GraphBlock block, Drawing drawing)
    {
        string label = string.Join("<br/>", drawing.Lines(block).Select(Escape));
        string shape = block.Kind switch
        {
            BlockKind.Producer => $"([\"{label}\"])",
            BlockKind.Consumer => $"[[\"{label}\"]]",
            _ => $"[\"{label}\"]",
        };
        return string.Create(CultureInfo.InvariantCulture, $"b{drawing.Number(block.Name)}{shape}");
    }

    // The title stands outside of the diagram, in YAML, which takes a string of JSON. Mermaid cleans it as HTML, and knows no entities there:
    // what looks like a tag would vanish, and any other angle would be shown as its entity. Two per cent signs would begin a directive, wherever they stand.
    private static string Yaml(string text)
    {
        string json = JsonEncodedText.Encode(text.Replace('<', '‹').Replace('>', '›'), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        return $"\"{json.Replace("%%", "\\u0025\\u0025", StringComparison.Ordinal)}\"";
    }

    // Mermaid reads #name; as an entity, markup as HTML, a backtick behind the quote as Markdown, as also what begins like a list, and %% as a directive or a
    // comment.
    // What it makes of entities for itself, an ﬂ with marks behind it, is text here.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool isDoubled = (i > 0 && text[i - 1] == text[i]) || (i + 1 < text.Length && text[i + 1] == text[i]);
            escaped.Append(text[i] switch
            {
                '#' => "#35;",
                '"' => "#quot;",
                '<' => "#lt;",
                '>' => "#gt;",
                '&' => "#amp;",
                '`' => "#96;",
                '\\' => "#92;",
                'ﬂ' => "#64258;",
                '%' when isDoubled => "#37;",
                '-' or '+' or '*' or '.' or ')' when IsListMark(text, i) => string.Create(CultureInfo.InvariantCulture, $"#{(int)text[i]};"),
                char c => c.ToString(),
            });
        }

        return escaped.ToString();
    }

    // "- this", "1. this".
    private static bool IsListMark(string text, int index) =>
        index + 1 < text.Length && text[index + 1] == ' '
        && (text[index] is '.' or ')' ? index > 0 && !text.AsSpan(0, index).ContainsAnyExceptInRange('0', '9') : index == 0);
}
