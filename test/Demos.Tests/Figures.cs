using System.Text.RegularExpressions;

namespace Demos.Tests;

/// <summary>Puts names in the place of what varies from run to run, and of nothing else.</summary>
internal static partial class Figures
{
    /// <summary>The duration and the shares of time in a run's report, and what follows from them: the widths of their columns, the bottleneck.</summary>
    public static string ScrubReport(string output) => Bottleneck().Replace(
        Share().Replace(Shares().Replace(Duration().Replace(output, "after {time}"), "  {shares}"), "{share}{share}{share}"), "{bottleneck}");

    /// <summary>The port of a server on this machine.</summary>
    public static string ScrubPort(string output) => Port().Replace(output, "127.0.0.1:{port}");

    /// <summary>The help of a command, as the program itself prints it: here the program is the test host.</summary>
    public static string ScrubProgram(string help) => help.Replace(System.CommandLine.RootCommand.ExecutableName, "Demos");

    /// <summary>Moves lines that concurrent workers print, when they come to it, to the top of what follows the explanation, sorted.</summary>
    public static string SortLines(string output, Predicate<string> isWorkers)
    {
        string[] lines = output.Split('\n');
        return string.Join(
            '\n', [.. lines[..2], .. lines[2..].Where(line => isWorkers(line)).Order(StringComparer.Ordinal), .. lines[2..].Where(line => !isWorkers(line))]);
    }

    [GeneratedRegex(@"after [\d.]+ (us|ms|s)")]
    private static partial Regex Duration();

    [GeneratedRegex(" +busy +waits for input +waits for room( +waits for a thread)?$", RegexOptions.Multiline)]
    private static partial Regex Shares();

    [GeneratedRegex("^Bottleneck: .*$", RegexOptions.Multiline)]
    private static partial Regex Bottleneck();

    // The last column is there only if somebody has waited for a thread.
    [GeneratedRegex(@"(?: *\d+ %){3,4}")]
    private static partial Regex Share();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Port();
}
