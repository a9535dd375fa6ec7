using System.CommandLine;
using System.Globalization;

namespace Demos;

internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        using Interrupts interrupts = new Interrupts().Listen();
        return await RunAsync(arguments, DemoConsole.Create(interrupts));
    }

    /// <summary>The whole program, on any console.</summary>
    public static async Task<int> RunAsync(string[] arguments, DemoConsole console)
    {
        // Figures look the same on every machine, as they do in the library's reports.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

        var root = new RootCommand($"Demos of the Pipelines library. Without a command: {Demo.All[0].Name}, then the list of all.");
        foreach (Demo demo in Demo.All)
        {
            root.Add(demo.CreateCommand(console));
        }

        ParseResult parsed = root.Parse(arguments is [] ? [Demo.All[0].Name] : arguments);
        if (parsed.Errors is not [])
        {
            foreach (string line in WrongArguments.Explain(parsed))
            {
                console.Error.WriteLine(line);
            }

            return ExitCode.BadInput;
        }

        int exitCode = await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = console.Output,
            Error = console.Error,
            ProcessTerminationTimeout = null, // Ctrl+C is ours: a demo finishes what is in flight and then ends by itself.
            EnableDefaultExceptionHandler = false, // It would end a crash with 1, which means something else here.
        });
        if (arguments is [])
        {
            ListDemos(console.Output);
        }

        return exitCode;
    }

    private static void ListDemos(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("Demos (dotnet run -c Release --project src/Demos -- NAME, and --help for its options):");
        foreach (Demo demo in Demo.All)
        {
            output.WriteLine($"  {demo.Name,-14} {demo.Summary}");
        }
    }
}
