using Spectre.Console;

namespace Demos;

/// <summary>Where a demo prints, and how it hears that somebody wants it to stop. A test puts its own in.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Interrupts">Ctrl+C, counted.</param>
internal sealed record DemoConsole(TextWriter Output, TextWriter Error, Interrupts Interrupts)
{
    /// <summary>The screen to draw progress on; null where the output is redirected and progress is plain lines.</summary>
    public IAnsiConsole? Screen { get; init; }

    /// <summary>Where a run is shown: the screen, or plain lines in the output.</summary>
    public IAnsiConsole ScreenOrLines => Screen ?? AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.No,
        Interactive = InteractionSupport.No,
        Out = new AnsiConsoleOutput(Output),
    });

    /// <summary>The clock of the runs and of their progress.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The console of this process.</summary>
    public static DemoConsole Create(Interrupts interrupts)
    {
        IAnsiConsole screen = AnsiConsole.Console;
        bool canDraw = screen.Profile is { Out.IsTerminal: true, Capabilities: { Ansi: true, Interactive: true } };
        return new DemoConsole(Console.Out, Console.Error, interrupts) { Screen = canDraw ? screen : null };
    }

    /// <summary>Does work that says where it stands: on one line that is drawn over and taken away at the end, or in one plain line each time.</summary>
    public Task<T> ShowProgressAsync<T>(string start, Func<Action<string>, Task<T>> work) => Screen is null
        ? work(Output.WriteLine)
        : Screen.Status().StartAsync(Markup.Escape(start), status => work(text => status.Status(Markup.Escape(text))));
}
