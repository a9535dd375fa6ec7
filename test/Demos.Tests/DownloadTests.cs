using Spectre.Console;
using static Snapshots.Verifier;

namespace Demos.Tests;

public sealed class DownloadTests
{
    private const char Escape = '\e';

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Download_LineBreaksInTheMiddleOfAFile_AllFilesComeWhole(int workers)
    {
        Printed printed = await Printed.RunAsync("download", "--workers", $"{workers}");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        // The same with any number of workers.
        await Verify(Figures.SortLines(Figures.ScrubPort(printed.Output), IsAWorkers));
    }

    [Fact]
    public async Task Download_Terminal_DrawsABarForEachFile()
    {
        Printed printed = await new TestConsole { Screen = Terminal }.RunAsync("download");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        Assert.Contains(Escape, printed.Output);
        Assert.Contains("100%", printed.Output);
        Assert.EndsWith("All jobs were completed.\n6 of 6 files; connections lost: 1, files lost: 0.\n", printed.Output);
    }

    [Fact]
    public async Task Download_Interrupted_SaysSo()
    {
        var console = new TestConsole();
        console.Interrupts.Raise();
        Printed printed = await console.RunAsync("download", "--workers", "1");

        // It may have been done already: nobody can tell a pool when to be slow.
        bool done = printed.Output.Contains("All jobs were completed.\n6 of 6 files;");
        Assert.Equal(done ? ExitCode.Success : ExitCode.Interrupted, printed.ExitCode);
        Assert.NotEqual(done, printed.Output.Contains("\nInterrupted.\n"));
    }

    [Fact]
    public async Task Download_LineBreaksEachTime_GivesThatFileUpAndFetchesTheOthers()
    {
        Printed printed = await Printed.RunAsync("download", "--drops", "3");

        Assert.Equal((ExitCode.Incomplete, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.SortLines(Figures.ScrubPort(printed.Output), IsAWorkers));
    }

    [Theory]
    [InlineData("--workers", "0")]
    [InlineData("--workers", "many")]
    [InlineData("--drops", "-1")]
    public async Task Download_OptionOutOfRange_IsRefused(string option, string value)
    {
        Printed printed = await Printed.RunAsync("download", option, value);

        Assert.Equal(ExitCode.BadInput, printed.ExitCode);
        Assert.Contains(option, printed.Error);
    }

    [Fact]
    public async Task Download_Help_SaysWhatItShows()
    {
        Printed printed = await Printed.RunAsync("download", "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.ScrubProgram(printed.Output));
    }

    [Fact]
    public async Task Pipeline_Run_PrintsTheFilesInOrderAndTheReport()
    {
        Printed printed = await Printed.RunAsync("pipeline");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.ScrubReport(printed.Output));
    }

    [Fact]
    public async Task Pipeline_Help_SaysWhatItShows()
    {
        Printed printed = await Printed.RunAsync("pipeline", "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.ScrubProgram(printed.Output));
    }

    private static bool IsAWorkers(string line) => ((string[])["begin download", "connection lost", "gave up"]).Any(line.StartsWith);

    private static IAnsiConsole Terminal(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
        Out = new AnsiConsoleOutput(output),
    });
}
