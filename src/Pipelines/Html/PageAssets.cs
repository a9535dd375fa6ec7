using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace Pipelines;

/// <summary>The page's style and scripts, which lie in the assemblies.</summary>
/// <remarks>
/// The scripts are written as modules, one idea a file, and served as one: an import is a line of its own and names what it takes as it is called there, so
/// that putting the modules behind each other, without their imports and exports, is all that it takes.
/// </remarks>
internal static class PageAssets
{
    // From what needs nothing to what needs the others.
    private static readonly string[] s_modules =
        ["dom.js", "format.js", "model.js", "layout.js", "edges.js", "graph.js", "chart.js", "panel.js", "tables.js", "copy.js", "view.js"];

    private static readonly ConcurrentDictionary<(Assembly, string), string> s_texts = new();

    /// <summary>The style of the page and of the report.</summary>
    public static string Style => Squeezed(Read(typeof(PageAssets).Assembly, "page.css"));

    /// <summary>The library that lays graphs out, with its licence in front.</summary>
    public static string Layout => Read(typeof(PageAssets).Assembly, "dagre.min.js");

    /// <summary>The script that shows a run, with more behind it that uses it.</summary>
    /// <param name="assembly">Where the others are.</param>
    /// <param name="others">Their names, from what needs nothing to what needs the others.</param>
    public static string Script(Assembly assembly, params ReadOnlySpan<string> others)
    {
        var script = new StringBuilder("\"use strict\";\n(() => {\n");
        foreach (string module in s_modules)
        {
            Append(script, Read(typeof(PageAssets).Assembly, module));
        }

        foreach (string module in others)
        {
            Append(script, Read(assembly, module));
        }

        return script.Append("})();\n").ToString();
    }

    public static string Read(Assembly assembly, string name) => s_texts.GetOrAdd((assembly, name), static key =>
    {
        using Stream stream = key.Item1.GetManifestResourceStream($"page/{key.Item2}")
            ?? throw new InvalidOperationException($"The assembly {key.Item1.GetName().Name} has no {key.Item2}: it was built without it.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    });

    private static string Squeezed(string style) => string.Join('\n', style.Split('\n').Select(line => line.TrimStart()).Where(line => line.Length > 0));

    // What is served is what a browser needs: comments and indentation are for who reads the source. No text in a script goes over several lines.
    private static void Append(StringBuilder script, string module)
    {
        foreach (string line in module.Split('\n').Select(line => line.TrimStart()))
        {
            if (line.Length > 0 && !line.StartsWith("import ", StringComparison.Ordinal) && !line.StartsWith("//", StringComparison.Ordinal)
                && !line.StartsWith("/** ", StringComparison.Ordinal))
            {
                script.Append(line.StartsWith("export ", StringComparison.Ordinal) ? line["export ".Length..] : line).Append('\n');
            }
        }
    }
}
