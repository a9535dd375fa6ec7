using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace Demos.Tests;

/// <summary>What is shown while the words are counted: the only file is a pipe, so nothing ends before the test says so.</summary>
public sealed class WordsProgressTests
{
    private const char Escape = '\e';

    [UnixFact]
    public async Task Words_RedirectedOutput_PrintsPlainLinesNowAndThen()
    {
        var console = new TestConsole { Time = new FakeTimeProvider() };
        Printed printed = await RunAsync(console, "0 of 1 files read, 0 words counted\n");

        Assert.DoesNotContain(Escape, printed.Output);
        Assert.Contains("\n1 words, 1 different ones", printed.Output);
        Assert.Contains("words: completed after 5.00 s", printed.Output);
    }

    [UnixFact]
    public async Task Words_Terminal_DrawsProgressAndTakesItAway()
    {
        var console = new TestConsole { Time = new FakeTimeProvider(), Screen = Terminal };
        Printed printed = await RunAsync(console, "0 of 1 files read, 0 words counted");

        string results = printed.Output[printed.Output.IndexOf("1 words, 1 different ones", StringComparison.Ordinal)..];
        Assert.Contains(Escape, printed.Output);
        Assert.DoesNotContain(Escape, results);
    }

    private static async Task<Printed> RunAsync(TestConsole console, string progress)
    {
        using var folder = new TextFolder();
        NamedPipe file = await NamedPipe.CreateAsync(folder, "a.txt");
        Task<Printed> run = console.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");
        await using (StreamWriter writer = await file.BeingReadAsync())
        {
            console.Time!.Advance(TimeSpan.FromSeconds(5));
            await console.Output.SeenAsync(progress);
            await writer.WriteAsync("word");
        }

        return await run.WaitAsync(TestTime.Limit);
    }

    private static IAnsiConsole Terminal(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
        Out = new AnsiConsoleOutput(output),
    });
}
