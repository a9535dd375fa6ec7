using System.Text.RegularExpressions;
using static Snapshots.Verifier;

namespace Demos.Tests;

public sealed partial class WordsTests
{
    [Fact]
    public async Task Words_TrickyFiles_CountsAsAnIndependentCountDoes()
    {
        using TextFolder folder = TextFolder.Tricky();
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt", "--top", "1000");

        var expected = Directory.EnumerateFiles(folder.Path, "*.txt", SearchOption.AllDirectories)
            .SelectMany(file => TwoOrMoreLetters().Matches(File.ReadAllText(file).ToLowerInvariant()).Select(match => match.Value))
            .CountBy(word => word)
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} {pair.Value}");
        var actual = CountLine().Matches(printed.Output)
            .Select(match => $"{match.Groups["word"].Value} {match.Groups["count"].Value.Replace(",", "")}");

        Assert.Equal(ExitCode.Success, printed.ExitCode);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task Words_SmallFolder_PrintsTopListAndReport()
    {
        using TextFolder folder = TextFolder.Tricky();
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt", "--top", "5", "--graph");

        Assert.Equal("", printed.Error);
        await Verify(Scrub(printed.Output, folder.Path));
    }

    [Fact]
    public async Task Words_UnreadableFile_NamesItAndCountsTheOthers()
    {
        using var folder = new TextFolder();
        folder.Write("good.txt", "two words");
        folder.AddUnreadable("bad.txt");
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.Equal(ExitCode.Incomplete, printed.ExitCode);
        Assert.Contains("bad.txt", printed.Error);
        Assert.Contains("2 words, 2 different ones", printed.Output);
    }

    [Fact]
    public async Task Words_FolderThatDoesNotExist_SaysSo()
    {
        Printed printed = await Printed.RunAsync("words", "--folder", "/there/is/no/such/folder");

        Assert.Equal(new Printed(ExitCode.BadInput, "", "There is no folder '/there/is/no/such/folder'.\n"), printed);
    }

    [Fact]
    public async Task Words_FolderWithoutSuchFiles_SaysSo()
    {
        using TextFolder folder = TextFolder.Tricky();
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.nothing");

        Assert.Equal(new Printed(ExitCode.BadInput, "", $"The folder '{folder.Path}' has no files that match '*.nothing'.\n"), printed);
    }

    [Fact]
    public async Task Words_InterruptedBeforeTheFirstFile_StopsAndSaysSo()
    {
        using TextFolder folder = TextFolder.Tricky();
        using var interrupts = new Interrupts();
        interrupts.Raise();
        Printed printed = await Printed.RunAsync(interrupts, "words", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.Contains("words: stopped", printed.Output);
        Assert.Equal(ExitCode.Interrupted, printed.ExitCode);
    }

    [Fact]
    public async Task Program_WithoutArguments_RunsWordsAndListsTheDemos()
    {
        Printed printed = await Printed.RunAsync();

        Assert.Equal(ExitCode.Success, printed.ExitCode);
        Assert.Contains("words: completed", printed.Output);
        Assert.All(Demo.All, demo => Assert.Contains($"  {demo.Name}", printed.Output));
    }

    // What varies from run to run, and nothing else: the folder, the duration, the shares of time.
    private static string Scrub(string output, string folder) =>
        Share().Replace(Duration().Replace(output.Replace(folder, "{folder}"), "after {time}"), "{share}");

    [GeneratedRegex("[a-z]{2,}")]
    private static partial Regex TwoOrMoreLetters();

    [GeneratedRegex(@"^ +(?<count>[\d,]+)  (?<word>[a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex CountLine();

    [GeneratedRegex(@"after [\d.]+ (us|ms|s)")]
    private static partial Regex Duration();

    [GeneratedRegex(@" *\d+ %")]
    private static partial Regex Share();
}
