namespace Pipelines.Console;

/// <summary>Bars of a fixed width, which tell their parts apart without colours too.</summary>
internal sealed class Bars(bool unicode)
{
    private const int Width = 10;

    private readonly char _busy = unicode ? '█' : '#';
    private readonly char _blocked = unicode ? '▒' : '=';
    private readonly char _starved = unicode ? '░' : '-';

    /// <summary>What the signs mean.</summary>
    public string Legend => $"[red]{_busy}[/] busy  [grey]{_blocked}[/] waits for room  [blue]{_starved}[/] waits for input";

    /// <summary>Busy, then blocked, then starved; what is missing is time before the start or after the end.</summary>
    public string State(double busy, double blocked, double starved)
    {
        int first = Cells(busy);
        int second = Cells(busy + blocked) - first;
        int third = Math.Max(0, Cells(busy + blocked + starved) - first - second);
        return $"[red]{new string(_busy, first)}[/][grey]{new string(_blocked, second)}[/][blue]{new string(_starved, third)}[/]"
            + new string(' ', Width - first - second - third);
    }

    /// <summary>How full a link is.</summary>
    public string Queue(double full)
    {
        // An item is seen, however large the link.
        int cells = full > 0 ? Math.Max(1, Cells(full)) : 0;
        return $"[yellow]{new string(_busy, cells)}[/]{new string(_starved, Width - cells)}";
    }

    private static int Cells(double share) => (int)Math.Round(Math.Clamp(share, 0, 1) * Width, MidpointRounding.AwayFromZero);
}
