using System.Runtime.InteropServices;

namespace Demos;

/// <summary>Real text that is on every machine with an SDK: the XML documentation of .NET's own reference assemblies.</summary>
internal static class ReferenceDocumentation
{
    private static readonly string[] s_packs = ["Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref"];

    /// <summary>All its files; none if there are no packs beside the running <c>dotnet</c>.</summary>
    public static TextFiles Files()
    {
        var files = new TextFiles();
        string? packs = Installations().Select(dotnet => Path.Combine(dotnet, "packs")).FirstOrDefault(Directory.Exists);
        foreach (string pack in packs is null ? [] : s_packs)
        {
            var versions = new DirectoryInfo(Path.Combine(packs!, pack));
            if (versions.Exists && versions.EnumerateDirectories().MaxBy(version => Rank(version.Name)) is { } newest)
            {
                files.AddFolder(newest, "*.xml");
            }
        }

        return files;
    }

    // Where the dotnet that runs us may be installed, the surest first.
    private static IEnumerable<string> Installations()
    {
        // The runtime lies in <dotnet>/shared/Microsoft.NETCore.App/<version>.
        string?[] folders =
        [
            new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent?.Parent?.Parent?.FullName,
            Environment.GetEnvironmentVariable("DOTNET_ROOT"),
            Path.GetDirectoryName(Environment.ProcessPath),
        ];
        return folders.OfType<string>();
    }

    // 10.0.9 is older than 10.0.12, and a preview, 10.0.0-rc.1, is older than what it became.
    private static (Version Number, bool IsRelease, string Name) Rank(string version)
    {
        string[] parts = version.Split('-', 2);
        return (Version.TryParse(parts[0], out Version? number) ? number : new Version(), parts.Length == 1, version);
    }
}
