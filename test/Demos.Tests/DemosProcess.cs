using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Demos.Tests;

/// <summary>The demos in a process of their own, for what only a process has: signals, an exit code, redirected output.</summary>
internal sealed class DemosProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task _copying;

    private DemosProcess(Process process)
    {
        _process = process;
        _copying = CopyAsync();
    }

    public Transcript Output { get; } = new();

    public static DemosProcess Start(params string[] arguments)
    {
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var start = new ProcessStartInfo(dotnet, [typeof(Demo).Assembly.Location, .. arguments]) { RedirectStandardOutput = true };
        return new DemosProcess(Process.Start(start)!);
    }

    /// <summary>Sends what Ctrl+C sends.</summary>
    public async Task InterruptAsync()
    {
        string id = _process.Id.ToString(CultureInfo.InvariantCulture);
        using Process kill = Process.Start("sh", ["-c", $"kill -{(InterruptsAreIgnored() ? "TERM" : "INT")} {id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> EndAsync()
    {
        await _copying.WaitAsync(TestTime.Limit);
        await _process.WaitForExitAsync().WaitAsync(TestTime.Limit);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    // A script's background jobs ignore SIGINT and pass that on to all they start: the demos are then ended by SIGTERM, as such a job is.
    private static bool InterruptsAreIgnored()
    {
        const int Interrupt = 2;
        string? ignored = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : null;
        return ignored is not null && (ulong.Parse(ignored[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Interrupt - 1))) != 0;
    }

    private async Task CopyAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            Output.WriteLine(line);
        }
    }
}
