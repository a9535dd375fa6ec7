namespace Demos.Tests;

/// <summary>Ctrl+C while files are being read: the first file is a pipe, so the test decides what is in flight.</summary>
public sealed class WordsInterruptTests
{
    private const int FilesBehind = 100;

    [Fact]
    public async Task Words_InterruptedBeforeTheFirstFile_StopsAndSaysSo()
    {
        using TextFolder folder = TextFolder.Tricky();
        var console = new TestConsole();
        console.Interrupts.Raise();
        Printed printed = await console.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.Contains("words: stopped", printed.Output);
        Assert.Equal(ExitCode.Interrupted, printed.ExitCode);
    }

    [UnixFact]
    public async Task Words_Interrupted_FinishesWhatIsInFlight()
    {
        using TextFolder folder = FolderOfMany();
        NamedPipe first = await NamedPipe.CreateAsync(folder, "a.txt");
        var console = new TestConsole();
        Task<Printed> run = console.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");
        await using (StreamWriter writer = await first.BeingReadAsync())
        {
            console.Interrupts.Raise();
            await console.Output.SeenAsync("Interrupted: finishing what is in flight");
            await writer.WriteAsync("in flight");
        }

        Printed printed = await run.WaitAsync(TestTime.Limit);

        Assert.Equal(ExitCode.Interrupted, printed.ExitCode);
        Assert.Contains("words: stopped after", printed.Output);
        Assert.Contains("  in\n", printed.Output);
        Assert.Contains("  flight\n", printed.Output);
        Assert.DoesNotContain("undelivered", printed.Output); // how many of the others were read before the interrupt is up to the other workers
    }

    [UnixFact]
    public async Task Words_InterruptedTwice_AbortsAndSaysWhatWasNotDelivered()
    {
        using TextFolder folder = FolderOfMany();
        NamedPipe first = await NamedPipe.CreateAsync(folder, "a.txt");
        var console = new TestConsole();
        Task<Printed> run = console.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");
        await using (StreamWriter writer = await first.BeingReadAsync())
        {
            console.Interrupts.Raise();
            console.Interrupts.Raise();
            await console.Output.SeenAsync("Aborting.");
        }

        Printed printed = await run.WaitAsync(TestTime.Limit);

        Assert.Equal(ExitCode.Interrupted, printed.ExitCode);
        Assert.Matches(@"words: stopped with \d+ undelivered after", printed.Output);
    }

    [UnixFact]
    public async Task Process_Interrupted_FinishesWhatIsInFlight()
    {
        using TextFolder folder = FolderOfMany();
        NamedPipe first = await NamedPipe.CreateAsync(folder, "a.txt");
        using DemosProcess process = DemosProcess.Start("words", "--folder", folder.Path, "--pattern", "*.txt");
        await using (StreamWriter writer = await first.BeingReadAsync())
        {
            await process.InterruptAsync();
            await process.Output.SeenAsync("Interrupted: finishing what is in flight");
            await writer.WriteAsync("in flight");
        }

        Assert.Equal(ExitCode.Interrupted, await process.EndAsync());
        Assert.Contains("  flight\n", process.Output.ToString());
        Assert.Contains("words: stopped after", process.Output.ToString());
    }

    [Fact]
    public void Interrupts_ThirdTime_IsLeftToTheSystem()
    {
        using var interrupts = new Interrupts();

        Assert.Equal([true, true, false], [interrupts.Raise(), interrupts.Raise(), interrupts.Raise()]);
    }

    private static TextFolder FolderOfMany()
    {
        var folder = new TextFolder();
        for (int i = 0; i < FilesBehind; i++)
        {
            folder.Write($"b{i:000}.txt", "behind");
        }

        return folder;
    }
}
