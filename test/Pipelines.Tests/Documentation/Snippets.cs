namespace Pipelines.Tests.Documentation;

/// <summary>Holds documentation to its word: what it shows as C# is code that is compiled and run here.</summary>
/// <remarks>
/// In a source, a snippet stands between a line <c>// snippet: name</c> and a line <c>// end</c>; in a document, between <c>```csharp</c> and <c>```</c>, moved
/// to the left. The two are compared word for word. Code of other libraries that cannot be compiled here has no business in such a block.
/// </remarks>
internal static class Snippets
{
    private const string Start = "// snippet: ";

    /// <summary>Every C# block of the documents is a snippet of the sources, and every snippet is shown in one of the documents.</summary>
    /// <param name="sources">A folder of C# files, from the repository's root; its subfolders count.</param>
    /// <param name="documents">Markdown files, from the repository's root.</param>
    public static void AssertAreShown(string sources, params string[] documents)
    {
        Dictionary<string, string> snippets = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Root, sources), "*.cs", SearchOption.AllDirectories))
        {
            foreach ((string name, string code) in OfSource(Lines(file), Path.GetFileName(file)))
            {
                Assert.True(snippets.TryAdd(code, name), $"The snippets '{name}' and '{snippets[code]}' are the same.");
            }
        }

        HashSet<string> shown = [];
        foreach (string document in documents)
        {
            foreach ((int line, string code) in OfDocument(Lines(Path.Combine(Repository.Root, document))))
            {
                Assert.True(snippets.TryGetValue(code, out string? name), $"{document}, line {line}: no snippet in {sources} is this code:\n{code}");
                shown.Add(name);
            }
        }

        Assert.Equal([], snippets.Values.Except(shown));
    }

    /// <summary>The snippets of a source, by name.</summary>
    public static IEnumerable<(string Name, string Code)> OfSource(string[] lines, string file)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart() is { } mark && mark.StartsWith(Start, StringComparison.Ordinal))
            {
                int end = Array.FindIndex(lines, i, line => line.Trim() == "// end");
                Assert.True(end > i + 1, $"{file}, line {i + 1}: the snippet has no end, or nothing in it.");
                yield return (mark[Start.Length..].Trim(), Moved(lines[(i + 1)..end]));
            }
        }
    }

    /// <summary>The C# blocks of a document, each with the line it begins on.</summary>
    public static IEnumerable<(int Line, string Code)> OfDocument(string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() == "```csharp")
            {
                int end = Array.FindIndex(lines, i, line => line.Trim() == "```");
                Assert.True(end > i, $"The code from line {i + 1} on has no end.");
                yield return (i + 2, Moved(lines[(i + 1)..end]));
            }
        }
    }

    private static string Moved(string[] lines)
    {
        int indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line[Math.Min(indent, line.Length)..].TrimEnd()));
    }

    private static string[] Lines(string file) => File.ReadAllText(file).ReplaceLineEndings("\n").Split('\n');
}
