namespace Demos.Tests;

/// <summary>What a demo printed, and the code it ended with.</summary>
internal sealed record Printed(int ExitCode, string Output, string Error)
{
    /// <summary>Runs the demos' program as a shell would with its output redirected.</summary>
    public static async Task<Printed> RunAsync(Interrupts interrupts, params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int exitCode = await Program.RunAsync(arguments, new DemoConsole(output, error, IsTerminal: false, interrupts));
        return new Printed(exitCode, output.ToString(), error.ToString());
    }

    public static async Task<Printed> RunAsync(params string[] arguments)
    {
        using var interrupts = new Interrupts();
        return await RunAsync(interrupts, arguments);
    }
}
