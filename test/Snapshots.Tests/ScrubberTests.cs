namespace Snapshots.Tests;

public sealed class ScrubberTests : IDisposable
{
    private readonly SnapshotDirectory directory = new();

    [Fact]
    public Task AddScrubber_Text_IsChangedInPlace() =>
        Shows("b b", "a b", settings => settings.AddScrubber(text => text.Replace('a', 'b')));

    [Fact]
    public Task AddScrubber_Two_RunInTheOrderTheyWereAdded() =>
        Shows("c", "a", settings => settings
            .AddScrubber(text => text.Replace('a', 'b'))
            .AddScrubber(text => text.Replace('b', 'c')));

    [Fact]
    public Task ScrubLinesWithReplace_EachLine_IsReplacedOrRemoved() =>
        Shows("ONE\nTHREE", "one\ntwo\nthree", settings => settings
            .ScrubLinesWithReplace(line => line == "two" ? null : line.ToUpperInvariant()));

    [Fact]
    public Task ScrubLines_ChosenLines_AreRemoved() =>
        Shows("one", "one\n\n\n", settings => settings.ScrubLines(string.IsNullOrEmpty));

    [Fact]
    public Task ScrubLinesContaining_InWhateverCase_AreRemoved() =>
        Shows("kept", "Elapsed 3\nkept\nat noon", settings => settings.ScrubLinesContaining("elapsed", "noon"));

    [Fact]
    public Task ScrubLinesContaining_ExactCase_KeepsTheOthers() =>
        Shows("Elapsed 3", "Elapsed 3\nelapsed 4", settings => settings
            .ScrubLinesContaining(StringComparison.Ordinal, "elapsed"));

    [Fact]
    public Task ScrubNumbers_EveryFigure_IsOneSign() =>
        Shows("# of # in #ms", "1,204 of 7 in 3.5ms", settings => settings.ScrubNumbers());

    public void Dispose() => directory.Dispose();

    private Task Shows(string expected, string text, Func<VerifySettings, VerifySettings> scrub)
    {
        directory.Write("Sample.Scrubbed.verified.txt", expected);
        return directory.Verify(text, scrub(new VerifySettings()), methodName: "Scrubbed");
    }
}
