using System.Diagnostics;

namespace Pipelines.Processes.Tests;

/// <summary>Starts the programs beside the tests.</summary>
internal static class App
{
    private static readonly string s_configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    public static Process Start(string mode, params string[] arguments) => Start("ProcessApp", isDotnet: false, [mode, .. arguments]);

    public static Process Start(string program, bool isDotnet, params string[] arguments)
    {
        string path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", program, s_configuration, program));
        string[] all = [.. isDotnet ? (string[])[Environment.ProcessPath!, path + ".dll"] : [path], .. arguments];

        // A background job of a script ignores Ctrl+C and hands that on to all it starts: this gives it its meaning back.
        ProcessStartInfo start = OperatingSystem.IsLinux() ? new("env", ["--default-signal=INT,QUIT", .. all]) : new(all[0], all[1..]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true; // what its workers say on purpose is no news here
        start.UseShellExecute = false;
        var app = Process.Start(start)!;
        app.BeginErrorReadLine();
        return app;
    }

    /// <summary>What it prints until it ends. One that does not is ended: it may hold what others wait for.</summary>
    public static async Task<string> SaysAsync(Process program)
    {
        try
        {
            string said = await program.StandardOutput.ReadToEndAsync().Patiently();
            await program.WaitForExitAsync().Patiently();
            return said;
        }
        catch (TimeoutException)
        {
            program.Kill();
            throw;
        }
    }
}
