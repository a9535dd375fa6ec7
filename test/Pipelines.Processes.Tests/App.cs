using System.Diagnostics;

namespace Pipelines.Processes.Tests;

/// <summary>Starts the program beside the tests.</summary>
internal static class App
{
    private static readonly string s_configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private static readonly string s_path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "ProcessApp", s_configuration, "ProcessApp"));

    public static Process Start(string mode, params string[] arguments) => Start(mode, isDotnet: false, arguments);

    public static Process Start(string mode, bool isDotnet, params string[] arguments)
    {
        string[] all = [.. isDotnet ? (string[])[s_path + ".dll"] : [], mode, .. arguments];
        var start = new ProcessStartInfo(isDotnet ? Environment.ProcessPath! : s_path, all)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true, // what its workers say on purpose is no news here
            UseShellExecute = false,
        };
        var app = Process.Start(start)!;
        app.BeginErrorReadLine();
        return app;
    }
}
