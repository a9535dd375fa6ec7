using System.CommandLine;

namespace Demos;

internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        using Interrupts interrupts = new Interrupts().Listen();
        bool isTerminal = !Console.IsOutputRedirected;
        return await RunAsync(arguments, new DemoConsole(Console.Out, Console.Error, isTerminal, interrupts));
    }

    /// <summary>The whole program, on any console.</summary>
    public static async Task<int> RunAsync(string[] arguments, DemoConsole console)
    {
        var root = new RootCommand("Demos of the Pipelines library. Without a command: " + Demo.All[0].Name + ", then this list.");
        foreach (Demo demo in Demo.All)
        {
            root.Add(demo.CreateCommand(console));
        }

        // Ctrl+C is ours: a demo finishes what is in flight and then ends by itself.
        var configuration = new InvocationConfiguration { Output = console.Output, Error = console.Error, ProcessTerminationTimeout = null };
        if (arguments.Length > 0)
        {
            return await root.Parse(arguments).InvokeAsync(configuration);
        }

        int exitCode = await root.Parse([Demo.All[0].Name]).InvokeAsync(configuration);
        console.Output.WriteLine();
        console.Output.WriteLine("Demos (dotnet run -c Release --project src/Demos -- NAME, and --help for its options):");
        foreach (Demo demo in Demo.All)
        {
            console.Output.WriteLine($"  {demo.Name,-14} {demo.Summary}");
        }

        return exitCode;
    }
}
