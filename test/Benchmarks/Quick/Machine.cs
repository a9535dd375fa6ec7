using System.Runtime.InteropServices;

namespace Benchmarks.Quick;

/// <summary>Where the figures were taken: without it they compare with nothing.</summary>
internal sealed record Machine(string Runtime, string System, string Processor, int Cores, bool ServerGarbageCollection, string Load, DateTimeOffset At)
{
    public static Machine Read() => new(
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.RuntimeIdentifier,
        ProcessorName(),
        Environment.ProcessorCount,
        global::System.Runtime.GCSettings.IsServerGC,
        LoadAverage(),
        TimeProvider.System.GetUtcNow());

    private static string ProcessorName()
    {
        const string Key = "model name";
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    // How busy the machine was with others before we began.
    private static string LoadAverage() =>
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
