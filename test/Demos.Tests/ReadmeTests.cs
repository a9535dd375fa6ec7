using System.Runtime.CompilerServices;

namespace Demos.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void Readme_FirstCode_IsTheWordsDemosOwn()
    {
        string root = Root();
        string source = File.ReadAllText(Path.Combine(root, "src", "Demos", "Words.cs"));
        string code = Unindented(Between(source, "// <words>", "// </words>"));

        Assert.Equal(code, Between(File.ReadAllText(Path.Combine(root, "README.md")), "```csharp\n", "```"));
    }

    [Fact]
    public void Readme_FirstCode_BeginsByLine25()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Root(), "README.md"));

        Assert.InRange(Array.IndexOf(lines, "```csharp") + 1, 1, 25);
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    private static string Between(string text, string start, string end)
    {
        text = text.ReplaceLineEndings("\n");
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static string Unindented(string code)
    {
        string[] lines = code.Trim('\n').Split('\n');
        int indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Concat(lines.Where(line => line.Trim().Length > 0).Select(line => line[indent..] + "\n"));
    }
}
