using System.Text;

namespace Demos.Tests;

/// <summary>A folder with files that a word counter may stumble over.</summary>
internal sealed class TextFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("words").FullName;

    /// <summary>
    /// Windows, Unix and old Mac line ends, a byte order mark, an empty file, a long line, a subfolder, bytes that are not UTF-8,
    /// letters beyond a to z, among them two that become k and s in lower or upper case.
    /// </summary>
    public static TextFolder Tricky()
    {
        var folder = new TextFolder();
        folder.Write("a.txt", "The quick brown fox\r\njumps over the lazy dog.\r\nTHE END\r\n");
        folder.Write("b.txt", "\uFEFFthe byte order mark is not a word; neither is x or 42");
        folder.Write("c.txt", "");
        folder.Write("d.txt", string.Join(' ', Enumerable.Range(0, 50_000).Select(i => i % 3 == 0 ? "fox" : "lazy")));
        folder.Write("sub/e.txt", "naïve Über-straße don't re-do \u212Aelvin \u017Fharp\rold Mac line\nno line end at the end of the file");
        File.WriteAllBytes(System.IO.Path.Combine(folder.Path, "f.txt"), [.. "caf"u8, 0xE9, .. " latin"u8]);
        return folder;
    }

    public void Write(string name, string text)
    {
        string file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>An entry that matches and that nobody can read as a file, whoever runs the test.</summary>
    public void AddUnreadable(string name) => File.CreateSymbolicLink(System.IO.Path.Combine(Path, name), "nowhere");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
