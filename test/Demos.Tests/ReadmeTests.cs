using System.Runtime.CompilerServices;

namespace Demos.Tests;

/// <summary>The README's code is code that is compiled and run elsewhere, word for word.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Readme_Code_IsThatOfItsSources()
    {
        string[] sources =
        [
            Marked("words", "src", "Demos", "Words.cs"),
            Marked("first", "test", "Demos.Tests", "FirstPipelineTests.cs"),
            Marked("own-blocks", "test", "Demos.Tests", "OwnBlocksTests.cs"),
        ];

        string[] blocks = [.. Readme().Split("```csharp\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])];

        Assert.Equal(sources, blocks);
    }

    [Fact]
    public async Task Readme_Drawing_IsThatOfTheDemo()
    {
        using TextFolder folder = TextFolder.Tricky();
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt", "--graph");
        string drawing = Readme().Split("```mermaid\n")[1].Split("```")[0].TrimEnd();

        Assert.Contains(drawing, printed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_FirstCode_BeginsByLine25() =>
        Assert.InRange(Array.IndexOf(Readme().Split('\n'), "```csharp") + 1, 1, 25);

    private static string Readme() => Read("README.md");

    // What stands between the lines "// <name>" and "// </name>", moved to the left.
    private static string Marked(string name, params string[] path)
    {
        string[] lines = Read(path).Split('\n');
        int start = Array.FindIndex(lines, line => line.Trim() == $"// <{name}>") + 1;
        int end = Array.FindIndex(lines, line => line.Trim() == $"// </{name}>");
        int indent = lines[start].Length - lines[start].TrimStart().Length;
        return string.Concat(lines[start..end].Select(line => line[Math.Min(indent, line.Length)..] + "\n"));
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root(), .. path])).ReplaceLineEndings("\n");

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
