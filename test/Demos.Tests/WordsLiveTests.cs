using Spectre.Console;

namespace Demos.Tests;

/// <summary>The table that is shown while the words are counted, if somebody asks for it.</summary>
public sealed class WordsLiveTests
{
    [Fact]
    public async Task Words_LiveOnATerminal_DrawsATableWithARowABlock()
    {
        using var folder = new TextFolder();
        folder.Write("a.txt", "one word and another word");
        var console = new TestConsole { Screen = Terminal };

        Printed printed = await console.RunAsync("words", "--live", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        Assert.Contains("words completed after", printed.Output);
        Assert.Contains("counts.Add", printed.Output);
        Assert.Contains("waits for input", printed.Output);
        Assert.Contains("5 words, 4 different ones", printed.Output);
    }

    [Fact]
    public async Task Words_LiveRedirected_PrintsTheReportAndNothingElseOfIt()
    {
        using var folder = new TextFolder();
        folder.Write("a.txt", "one word and another word");

        Printed printed = await Printed.RunAsync("words", "--live", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.DoesNotContain('\e', printed.Output);
        Assert.Equal(2, printed.Output.Split("words: completed after").Length);
        Assert.Contains("5 words, 4 different ones", printed.Output);
    }

    private static IAnsiConsole Terminal(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
        ColorSystem = ColorSystemSupport.NoColors,
        Out = new AnsiConsoleOutput(output),
    });
}
