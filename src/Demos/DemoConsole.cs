namespace Demos;

/// <summary>Where a demo prints, and how it hears that somebody wants it to stop. A test puts its own in.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="IsTerminal">Whether a line may be drawn over: otherwise progress is printed as plain lines.</param>
/// <param name="Interrupts">Ctrl+C, counted.</param>
internal sealed record DemoConsole(TextWriter Output, TextWriter Error, bool IsTerminal, Interrupts Interrupts)
{
    private const string EraseLine = "\r\e[2K";

    /// <summary>Shows where a demo stands: one line that is drawn over, or one line each time.</summary>
    public void Progress(string text)
    {
        if (IsTerminal)
        {
            Output.Write(EraseLine + text);
        }
        else
        {
            Output.WriteLine(text);
        }
    }

    /// <summary>Takes the progress line away, for the results.</summary>
    public void EndProgress()
    {
        if (IsTerminal)
        {
            Output.Write(EraseLine);
        }
    }
}
