using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Pipelines.Processes;

/// <summary>How this very program is started once more: its host, with what that needs to find the program, and nothing that the program was told.</summary>
[UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An assembly without a file is in a single file, and is found by its name.")]
internal static class Launch
{
    // By its name the runtime finds it wherever it finds the program's other assemblies, in a single file too.
    private static readonly Lazy<(string File, string[] Arguments)> s_command = new(Find);

    public static ProcessStartInfo Command(ProcessWorkers options, string segment, bool beginsInMain)
    {
        var start = new ProcessStartInfo(s_command.Value.File)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in s_command.Value.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (!beginsInMain)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = Hook();
        }

        start.Environment[WorkerHost.Variable] = segment;

        // A heap for each processor in each worker is not what a server's setting means.
        start.Environment["DOTNET_gcServer"] = "0";
        if (options.WaitForDebugger)
        {
            start.Environment[WorkerHost.DebuggerVariable] = "1";
        }
        else
        {
            start.Environment["DOTNET_EnableDiagnostics"] = "0"; // whose pipes stay behind when a process is killed
        }

        foreach ((string name, string? value) in options.Environment)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return start;
    }

    private static string Hook()
    {
        Assembly ours = typeof(Launch).Assembly;
        string path = ours.Location;
        return path.Length == 0 || IsOfProgram(path) ? ours.GetName().Name! : path;
    }

    private static bool IsOfProgram(string path) =>
        AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is string all
            && all.Split(Path.PathSeparator).Contains(path, StringComparer.Ordinal);

    private static (string File, string[] Arguments) Find()
    {
        string host = Environment.ProcessPath ?? throw new PlatformNotSupportedException("The system does not say which program this process runs.");
        if (!Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            return (host, []);
        }

        string[] line = CommandLine();
        int program = Array.FindIndex(line, 1, argument => argument.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && IsEntry(argument));
        if (program > 0)
        {
            return (host, line[1..(program + 1)]);
        }

        string entry = Assembly.GetEntryAssembly()?.Location ?? throw new PlatformNotSupportedException("The program that this process runs has no file.");
        return (host, ["exec", .. Option("--depsfile", "APP_CONTEXT_DEPS_FILES"), entry]);
    }

    private static bool IsEntry(string argument) =>
        Path.GetFileName(argument).Equals(Path.GetFileName(Assembly.GetEntryAssembly()?.Location), StringComparison.OrdinalIgnoreCase);

    private static string[] Option(string name, string data) =>
        AppContext.GetData(data) is string { Length: > 0 } value ? [name, value.Split(';')[0]] : [];

    // With the options of the host, which the framework does not tell.
    private static string[] CommandLine()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0') : Environment.GetCommandLineArgs();
        }
        catch (IOException)
        {
            return Environment.GetCommandLineArgs();
        }
    }
}
