namespace Demos.Tests;

/// <summary>What a demo printed, and the code it ended with.</summary>
internal sealed record Printed(int ExitCode, string Output, string Error)
{
    /// <summary>Runs the demos' program as a shell would with its output redirected.</summary>
    public static Task<Printed> RunAsync(params string[] arguments) => new TestConsole().RunAsync(arguments);
}
