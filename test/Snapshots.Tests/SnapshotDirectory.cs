using System.Runtime.CompilerServices;
using DiffEngine;

namespace Snapshots.Tests;

/// <summary>An empty directory in which a made-up test, or one of these, keeps its snapshots.</summary>
public sealed class SnapshotDirectory : IDisposable
{
    private readonly DirectoryInfo directory = System.IO.Directory.CreateTempSubdirectory("snapshots-");

    static SnapshotDirectory()
    {
        // These tests fail on purpose: nobody wants to see a window for each.
        DiffRunner.Disabled = true;
    }

    public string Path => directory.FullName;

    public IEnumerable<string> Files => directory.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal);

    /// <summary>Verifies as the test <paramref name="methodName"/> in this directory would.</summary>
    public Task Verify(
        string? text,
        VerifySettings? settings = null,
        string className = "Sample",
        [CallerMemberName] string methodName = "") =>
        Verifier.Verify(text, settings, System.IO.Path.Combine(Path, $"{className}.cs"), methodName);

    public string Read(string file) => File.ReadAllText(System.IO.Path.Combine(Path, file));

    public void Write(string file, string text) => File.WriteAllText(System.IO.Path.Combine(Path, file), text);

    public void Dispose() => directory.Delete(recursive: true);
}
