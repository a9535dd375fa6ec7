using System.Runtime.CompilerServices;

namespace Pipelines.Tests;

/// <summary>The files of the repository that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>The C# files of a folder, as paths from <see cref="Root"/>, and what is in them.</summary>
    public static IEnumerable<(string Path, string Text)> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(Root, file).Replace('\\', '/'), Text: File.ReadAllText(file)))
            .Where(source => !source.Path.Contains("/obj/", StringComparison.Ordinal))
            .OrderBy(source => source.Path, StringComparer.Ordinal);

    private static string Find([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
