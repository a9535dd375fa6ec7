namespace Demos.Tests;

/// <summary>The page that is written of the run, if somebody asks for it.</summary>
public sealed class WordsReportTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Words_WithAReport_WritesAPageThatShowsTheRun(bool live)
    {
        using var folder = new TextFolder();
        folder.Write("a.txt", "one word and another word");
        string page = Path.Combine(folder.Path, "report.html");

        Printed printed = await Printed.RunAsync(
            ["words", "--folder", folder.Path, "--pattern", "*.txt", "--report", page, .. live ? (string[])["--live"] : []]);

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        string html = await File.ReadAllTextAsync(page);
        Assert.StartsWith("<!doctype html>", html, StringComparison.Ordinal);
        Assert.Contains("words: completed after", html, StringComparison.Ordinal);
        Assert.Contains("\"history\":", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_ReportWhereNoneCanBe_SaysSoBeforeAnythingElse()
    {
        using var folder = new TextFolder();
        folder.Write("a.txt", "one word");

        Printed printed = await Printed.RunAsync(
            "words", "--folder", folder.Path, "--pattern", "*.txt", "--report", Path.Combine(folder.Path, "no such folder", "report.html"));

        Assert.Equal(ExitCode.BadInput, printed.ExitCode);
        Assert.StartsWith("The report cannot be written to", printed.Error, StringComparison.Ordinal);
    }
}
