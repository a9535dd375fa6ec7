using System.Text;

namespace Demos.Tests;

/// <summary>A folder with files that a word counter may stumble over.</summary>
internal sealed class TextFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("words").FullName;

    /// <summary>Windows and Unix line ends, a byte order mark, an empty file, a long line, letters beyond a to z, a subfolder.</summary>
    public static TextFolder Tricky()
    {
        var folder = new TextFolder();
        folder.Write("a.txt", "The quick brown fox\r\njumps over the lazy dog.\r\nTHE END\r\n");
        folder.Write("b.txt", "\uFEFFthe byte order mark is not a word; neither is x or 42");
        folder.Write("c.txt", "");
        folder.Write("d.txt", string.Join(' ', Enumerable.Range(0, 50_000).Select(i => i % 3 == 0 ? "fox" : "lazy")));
        folder.Write("sub/e.txt", "naïve Über-straße don't re-do\nno line end at the end of the file");
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
