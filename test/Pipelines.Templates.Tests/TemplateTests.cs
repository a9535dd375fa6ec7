using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipelines.Templates.Tests;

/// <summary>The templates as a user meets them: packed, installed, made into projects, and those built, without a warning.</summary>
public sealed class TemplateTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Templates_Installed_MakeProjectsThatBuild()
    {
        string folder = Directory.CreateTempSubdirectory("pipelines-templates").FullName;
        try
        {
            // A version that no cache can have.
            string version = string.Create(CultureInfo.InvariantCulture, $"1.0.{Environment.ProcessId + (Environment.TickCount64 % 100_000)}");
            foreach (string project in (string[])["Pipelines", "Pipelines.Hosting", "Pipelines.Templates"])
            {
                string path = Path.Combine(Root(), "src", project), feed = Path.Combine(folder, "feed");
                await RunAsync(folder, "pack", path, "-c", Configuration, "--no-build", "-o", feed, $"-p:PackageVersion={version}");
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), Sources());
            await RunAsync(folder, "new", "install", Path.Combine(folder, "feed", $"Pipelines.Templates.{version}.nupkg"));
            foreach (string template in (string[])["pipeline-console", "pipeline-service"])
            {
                string made = Path.Combine(folder, $"my-{template}");
                await RunAsync(folder, "new", template, "-o", made, "-n", "Sample", "--no-update-check");
                Assert.True(File.Exists(Path.Combine(made, "Sample.csproj")), template);
                await RunAsync(made, "build", "-c", "Release", "-warnaserror", "-nodeReuse:false");
            }

            string printed = await RunAsync(
                folder, Path.Combine(folder, "my-pipeline-console", "bin", "Release", "net10.0", "Sample.dll"), Path.Combine(folder, "my-pipeline-console"));
            Assert.Contains("words: completed", printed, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Ours come from the folder and nowhere else: somebody else's package of the name is none of ours.
    private static string Sources() => $"""
        <configuration>
          <packageSources>
            <clear />
            <add key="feed" value="feed" />
            <add key="nuget.org" value="https://api.nuget.org/v3/index.json" protocolVersion="3" />
          </packageSources>
          <packageSourceMapping>
            <packageSource key="feed"><package pattern="Pipelines" /><package pattern="Pipelines.*" /></packageSource>
            <packageSource key="nuget.org"><package pattern="*" /></packageSource>
          </packageSourceMapping>
          <fallbackPackageFolders>
            <add key="cache" value="{Cache()}" />
          </fallbackPackageFolders>
        </configuration>
        """;

    private static string Cache() => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        string root = arguments[0] == "pack" ? Root() : folder;
        var start = new ProcessStartInfo(dotnet, arguments) { WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_NOLOGO"] = "1";
        if (arguments[0] != "pack")
        {
            string home = folder.Contains("my-", StringComparison.Ordinal) ? Path.GetDirectoryName(folder)! : folder;
            start.Environment["DOTNET_CLI_HOME"] = home; // what is installed here is nobody else's
            start.Environment["NUGET_PACKAGES"] = Path.Combine(home, "packages");
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(s_limit);
        string printed = await output + await error;
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{printed}");
        return printed;
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
