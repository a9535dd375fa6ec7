namespace Pipelines.Tests.Reports;

/// <summary>What users make, items, exceptions and names, is shown whatever it does.</summary>
public sealed class SafeTextTests
{
    [Fact]
    public void BlockFailure_ItemsTextThrows_IsToldByItsType()
    {
        var failure = new BlockFailure { Block = "parse", Item = new Mute(), Exception = new InvalidDataException("odd") };

        Assert.Equal("parse: InvalidDataException: odd, on a Mute, whose text throws NotSupportedException", failure.ToString());
    }

    [Fact]
    public void BlockFailure_MessageThrows_IsToldByItsType() => Assert.Equal(
        "parse: Wordless, whose message throws NotSupportedException",
        new BlockFailure { Block = "parse", Item = null, Exception = new Wordless() }.ToString());

    [Fact]
    public void BlockFailure_EverythingIsLong_IsBounded()
    {
        string endless = new('x', 1_000_000);

        Assert.InRange(new BlockFailure { Block = endless, Item = endless, Exception = new InvalidDataException(endless) }.ToString().Length, 100, 1000);
        Assert.InRange(
            new DeadLetter { Block = endless, Item = endless, Exception = new InvalidDataException(endless), At = default }.ToString().Length, 100, 1000);
    }

    [Fact]
    public void DeadLetter_ItemsTextThrows_IsToldByItsType() => Assert.EndsWith(
        "on a Mute, whose text throws NotSupportedException",
        new DeadLetter { Block = "parse", Item = new Mute(), Exception = new Wordless(), At = default }.ToString(),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("plain é 漢 ✓ 👍🏽", "plain é 漢 ✓ 👍🏽")]
    [InlineData("two\r\nlines\ttab", "two\\u000D\\u000Alines\\u0009tab")]
    [InlineData("\u001B[31mred", "\\u001B[31mred")]
    [InlineData("a\u202Eb\u2066c\u200Fd\uFEFFe", "a\\u202Eb\\u2066c\\u200Fd\\uFEFFe")]
    [InlineData("👨\u200D👩\u200D👧", "👨\u200D👩\u200D👧")]
    [InlineData("\u0085\u2028\u2029\uFFFF", "\\u0085\\u2028\\u2029\\uFFFF")]
    public void OnOneLine_WhatCannotBeSeen_IsWrittenOut(string text, string expected) => Assert.Equal(expected, SafeText.OnOneLine(text));

    [Fact]
    public void OnOneLine_HalvesOfPairs_AreWrittenOut()
    {
        Assert.Equal("a\\uD800b", SafeText.OnOneLine("a\uD800b"));
        Assert.Equal("\\uDC00", SafeText.OnOneLine("\uDC00"));
        Assert.Equal("x\\uD83D", SafeText.OnOneLine("x\uD83D"));
    }

    [Fact]
    public void OnOneLine_LongText_IsCutBetweenCharacters()
    {
        Assert.Equal(new string('x', 200), SafeText.OnOneLine(new string('x', 200)));
        Assert.Equal(new string('x', 200) + "…", SafeText.OnOneLine(new string('x', 201)));
        Assert.Equal(new string('x', 199) + "👍…", SafeText.OnOneLine(new string('x', 199) + "👍👍"));
    }

    // A control sequence of a terminal in a name, or a message of many lines, would write over the table.
    [Fact]
    public void ReportTable_HostileTexts_StaysATable()
    {
        PipelineReport report = new()
        {
            Name = "a\u001B[2Jb",
            Outcome = RunOutcome.Failed,
            Elapsed = TimeSpan.FromSeconds(1),
            Blocks = [new BlockReport { Name = "x\u0007\u202Ey", Kind = BlockKind.Producer, Busy = TimeSpan.FromSeconds(1) }],
            Failure = new BlockFailure { Block = "x\u0007\u202Ey", Item = new Mute(), Exception = new InvalidDataException("one\ntwo") },
            HeldUpBy = ["x\u0007\u202Ey"],
        };

        string table = report.ToString();

        Assert.Equal(6, table.Split('\n').Length);
        Assert.DoesNotContain(table, c => c != '\n' && (char.IsControl(c) || c == '\u202E'));
    }

    private sealed class Mute
    {
        public override string ToString() => throw new NotSupportedException();
    }

    private sealed class Wordless : Exception
    {
        public override string Message => throw new NotSupportedException();
    }
}
