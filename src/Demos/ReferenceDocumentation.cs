using System.Runtime.InteropServices;

namespace Demos;

/// <summary>Real text that is on every machine with an SDK: the XML documentation of .NET's own reference assemblies.</summary>
internal static class ReferenceDocumentation
{
    private static readonly string[] s_packs = ["Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref"];

    /// <summary>All its files; empty if the running <c>dotnet</c> has no packs beside it.</summary>
    public static IReadOnlyList<string> Files()
    {
        // The runtime lies in <dotnet>/shared/Microsoft.NETCore.App/<version>.
        DirectoryInfo? dotnet = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent?.Parent?.Parent;
        List<string> files = [];
        foreach (string pack in s_packs)
        {
            var folder = new DirectoryInfo(Path.Combine(dotnet?.FullName ?? "", "packs", pack));
            DirectoryInfo? newest = folder.Exists
                ? folder.EnumerateDirectories().MaxBy(version => Version.TryParse(version.Name, out Version? parsed) ? parsed : new Version())
                : null;
            if (newest is not null)
            {
                files.AddRange(Directory.EnumerateFiles(newest.FullName, "*.xml", SearchOption.AllDirectories));
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }
}
