namespace Demos.Tests;

/// <summary>Input that is not as it should be: a clear message, the exit code, and the rest counted.</summary>
public sealed class WordsInputTests
{
    [Fact]
    public async Task Words_UnreadableFile_NamesItAndCountsTheOthers()
    {
        using var folder = new TextFolder();
        folder.Write("good.txt", "two words");
        folder.AddUnreadable("bad.txt");
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.Equal(ExitCode.Incomplete, printed.ExitCode);
        Assert.StartsWith($"Could not read '{Path.Combine(folder.Path, "bad.txt")}': ", printed.Error);
        Assert.Contains("\n2 words, 2 different ones", printed.Output);
    }

    [Fact]
    public async Task Words_NothingButUnreadableFiles_CountsNothingAndSaysWhy()
    {
        using var folder = new TextFolder();
        folder.AddUnreadable("bad.txt");
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.Equal(ExitCode.Incomplete, printed.ExitCode);
        Assert.Contains("bad.txt", printed.Error);
        Assert.Contains("\n0 words, 0 different ones", printed.Output);
    }

    [Fact]
    public async Task Words_FolderNamedAsAFile_IsAFolder()
    {
        using var folder = new TextFolder();
        folder.Write("folder.txt/file.txt", "two words");
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        Assert.Contains("\n2 words, 2 different ones", printed.Output);
    }

    [Fact]
    public async Task Words_LinkThatLeadsBack_CountsEachFileOnce()
    {
        using var folder = new TextFolder();
        folder.Write("sub/file.txt", "two words");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "sub", "back"), "..");
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.Equal(ExitCode.Success, printed.ExitCode);
        Assert.Contains("\n2 words, 2 different ones", printed.Output);
    }

    [Fact]
    public async Task Words_FolderThatDoesNotExist_SaysSo()
    {
        string missing = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Printed printed = await Printed.RunAsync("words", "--folder", missing);

        Assert.Equal(new Printed(ExitCode.BadInput, "", $"There is no folder '{missing}'.\n"), printed);
    }

    [Fact]
    public async Task Words_EmptyFolder_SaysSo()
    {
        using var folder = new TextFolder();
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path);

        Assert.Equal(new Printed(ExitCode.BadInput, "", $"The folder '{folder.Path}' has no files that match '*.xml'.\n"), printed);
    }

    [Fact]
    public async Task Words_PatternWithAPath_MatchesNothing()
    {
        using TextFolder folder = TextFolder.Tricky();
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "no/such/*.txt");

        Assert.Equal(new Printed(ExitCode.BadInput, "", $"The folder '{folder.Path}' has no files that match 'no/such/*.txt'.\n"), printed);
    }

    [Theory]
    [InlineData("--top must be at least 1. See words --help.", "words", "--top", "0")]
    [InlineData("Cannot parse argument 'abc' for option '--top' as expected type 'System.Int32'. See words --help.", "words", "--top", "abc")]
    [InlineData("Required argument missing for option: '--folder'. See words --help.", "words", "--folder")]
    [InlineData("words has no option '--nonsense'. It has --folder, --pattern, --top, --graph, --live, --report.", "words", "--nonsense")]
    [InlineData("words has no option '--foldre'. Did you mean --folder?", "words", "--foldre", "/text")]
    [InlineData("words takes nothing without its option: '/text' is not known. For a folder: words --folder /text", "words", "/text")]
    [InlineData("words takes nothing without its option: 'text' is not known. For a folder: words --folder text", "words", "--top", "3", "text", "more")]
    [InlineData("pipe takes no argument, and got '/text'. See pipe --help.", "pipe", "/text")]
    [InlineData("There is no demo 'wrods'. Did you mean 'words'?", "wrods")]
    [InlineData("There is no demo 'WORDS'. Did you mean 'words'?", "WORDS", "--top", "3")]
    [InlineData("There is no demo 'worker'. Did you mean 'worker-pool'?", "worker")]
    [InlineData(
        "There is no demo 'nonsense'. There are: words, parallel, pipe, queue, experiment, close, shared, namespace, resources, pool-map, worker-pool, crash, "
        + "download, pipeline, service.",
        "nonsense")]
    public async Task Program_ArgumentsThatMakeNoSense_SaysSoInALine(string line, params string[] arguments)
    {
        Printed printed = await Printed.RunAsync(arguments);

        Assert.Equal(new Printed(ExitCode.BadInput, "", line + "\n"), printed);
    }
}
