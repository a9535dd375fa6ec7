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
    [InlineData("--top must be at least 1.", "words", "--top", "0")]
    [InlineData("'abc'", "words", "--top", "abc")]
    [InlineData("'--nonsense'", "words", "--nonsense")]
    [InlineData("'nonsense'", "nonsense")]
    public async Task Program_ArgumentsThatMakeNoSense_SaysSo(string message, params string[] arguments)
    {
        Printed printed = await Printed.RunAsync(arguments);

        Assert.Equal(ExitCode.BadInput, printed.ExitCode);
        Assert.Contains(message, printed.Error);
    }
}
