using System.Diagnostics;

namespace Pipelines.AspNetCore.Tests.Browser;

/// <summary>The browser that the page is shown in: the system's, installed when there is none and that can be done.</summary>
internal static class Chromium
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(8);
    private static readonly Lazy<string?> s_path = new(FindOrInstall);

    /// <summary>Where it is; null if it cannot be had.</summary>
    public static string? Path => s_path.Value;

    /// <summary>Why a test that needs it is skipped; null if it is not. In CI none is: there it fails.</summary>
    public static string? WhyNot => Path is not null || Environment.GetEnvironmentVariable("CI") == "true"
        ? null
        : "THERE IS NO CHROMIUM, AND IT COULD NOT BE INSTALLED: nobody has seen whether the page works in a browser. Install the package chromium.";

    private static string? FindOrInstall()
    {
        if (Find() is { } there)
        {
            return there;
        }

        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get"))
        {
            Run("update");
            Run("install", "-y", "--no-install-recommends", "chromium");
        }

        return Find();
    }

    private static string? Find() => s_places.FirstOrDefault(File.Exists);

    private static void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/apt-get", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
