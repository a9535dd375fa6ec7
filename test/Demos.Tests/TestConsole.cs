using Microsoft.Extensions.Time.Testing;

namespace Demos.Tests;

/// <summary>A console in memory, with a clock that stands still and with Ctrl+C at hand.</summary>
internal sealed class TestConsole
{
    public Transcript Output { get; } = new();

    public Transcript Error { get; } = new();

    public Interrupts Interrupts { get; } = new();

    /// <summary>A clock that a test sets; null for the real one.</summary>
    public FakeTimeProvider? Time { get; init; }

    /// <summary>A screen to draw on; null for redirected output.</summary>
    public Func<TextWriter, Spectre.Console.IAnsiConsole>? Screen { get; init; }

    /// <summary>Runs the demos' program to its end.</summary>
    public async Task<Printed> RunAsync(params string[] arguments)
    {
        var console = new DemoConsole(Output, Error, Interrupts)
        {
            Time = Time ?? TimeProvider.System,
            Screen = Screen?.Invoke(Output),
        };
        int exitCode = await Program.RunAsync(arguments, console);
        return new Printed(exitCode, Output.ToString(), Error.ToString());
    }
}
