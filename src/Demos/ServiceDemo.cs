using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Demos;

/// <summary>Starts the demo that is a program of its own, since it alone needs ASP.NET: a minimal API whose orders go through a pipeline.</summary>
internal static class ServiceDemo
{
    public static Demo Demo { get; } = new("service", "A minimal API with an inbox: orders in, 202 or 429, a drain on SIGTERM.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console, string[] settings)
    {
        // All programs lie side by side in artifacts/bin, by project and configuration.
        string ours = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string program = Path.GetFullPath(Path.Combine(ours, "..", "..", "Demos.Service", Path.GetFileName(ours), "Demos.Service.dll"));
        if (!File.Exists(program))
        {
            console.Error.WriteLine($"There is no {program}. Build it: dotnet build -c Release src/Demos.Service");
            return ExitCode.BadInput;
        }

        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        using Process service = Process.Start(new ProcessStartInfo(dotnet, [program, .. settings]))!;
        Task ended = service.WaitForExitAsync();
        if (await Task.WhenAny(ended, console.Interrupts.First) != ended)
        {
            // A Ctrl+C on a terminal has reached it already; a signal to this process alone has not.
            using Process kill = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        await ended;
        return service.ExitCode;
    }

    private static Command CreateCommand(DemoConsole console)
    {
        var settings = new Argument<string[]>("settings")
        {
            Description = "Settings of the service, behind --: --urls http://127.0.0.1:5000 --Demo:Store FILE --Pipelines:orders:InboxCapacity 100",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command(
            "service",
            "Starts src/Demos.Service: POST /orders {\"id\": 1} answers 202 when the inbox has accepted the order, 429 when it has not.\n"
            + "GET /pipeline, /health and /metrics show how it is; POST /pipeline/restart starts another run.\n"
            + "SIGTERM and Ctrl+C drain, a second Ctrl+C does not wait.\n"
            + "Exit code: that of the service.")
        {
            settings,
        };
        command.SetAction((parsed, _) => RunAsync(console, parsed.GetValue(settings) ?? []));
        return command;
    }
}
