using System.Text;
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

        // Over bytes, as the shell's tr does it: no decoding, no lines, no pipeline.
        var expected = Directory.EnumerateFiles(folder.Path, "*.txt", SearchOption.AllDirectories)
            .SelectMany(file => TwoOrMoreLetters().Matches(Encoding.Latin1.GetString(File.ReadAllBytes(file))).Select(match => match.Value.ToLowerInvariant()))
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
    public async Task Words_Utf16_IsReadByItsByteOrderMark()
    {
        using var folder = new TextFolder();
        File.WriteAllText(Path.Combine(folder.Path, "a.txt"), "wide words", Encoding.Unicode);
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt");

        Assert.Contains("\n2 words, 2 different ones", printed.Output);
    }

    [Fact]
    public async Task Words_SmallFolder_PrintsTopListAndReport()
    {
        using TextFolder folder = TextFolder.Tricky();
        Printed printed = await Printed.RunAsync("words", "--folder", folder.Path, "--pattern", "*.txt", "--top", "5", "--graph");

        Assert.Equal("", printed.Error);
        await Verify(Figures.ScrubReport(printed.Output.Replace(folder.Path, "{folder}")));
    }

    [Fact]
    public async Task Words_Help_SaysWhatItCountsAndHowItEnds()
    {
        Printed printed = await Printed.RunAsync("words", "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        // The name of the program is the test host's here.
        await Verify(printed.Output.Replace(ProgramName(), "Demos"));
    }

    [Fact]
    public async Task Program_WithoutArguments_RunsWordsAndListsTheDemos()
    {
        Printed printed = await Printed.RunAsync();

        Assert.Equal(ExitCode.Success, printed.ExitCode);
        Assert.Contains("words: completed", printed.Output);
        Assert.All(Demo.All, demo => Assert.Contains($"  {demo.Name}", printed.Output));
    }

    private static string ProgramName() => System.CommandLine.RootCommand.ExecutableName;

    [GeneratedRegex("[A-Za-z]{2,}")]
    private static partial Regex TwoOrMoreLetters();

    [GeneratedRegex(@"^ +(?<count>[\d,]+)  (?<word>[a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex CountLine();
}
