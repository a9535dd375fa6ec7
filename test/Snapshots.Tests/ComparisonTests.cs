namespace Snapshots.Tests;

public sealed class ComparisonTests : IDisposable
{
    private readonly SnapshotDirectory directory = new();

    [Fact]
    public async Task Verify_NoSnapshotYet_FailsAndWritesReceived()
    {
        var exception = await Assert.ThrowsAsync<VerifyException>(() => directory.Verify("one", methodName: "New"));

        Assert.Contains("New:", exception.Message, StringComparison.Ordinal);
        Assert.Contains("one", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["Sample.New.received.txt"], directory.Files);
        Assert.Equal("one", directory.Read("Sample.New.received.txt"));
    }

    [Fact]
    public async Task Verify_Difference_ShowsBothLinesAndKeepsTheSnapshot()
    {
        directory.Write("Sample.Changed.verified.txt", "first\nold\nlast");

        var exception = await Assert.ThrowsAsync<VerifyException>(
            () => directory.Verify("first\nnew\nlast", methodName: "Changed"));

        Assert.EndsWith("  first\n- old\n+ new\n  last", exception.Message, StringComparison.Ordinal);
        Assert.Equal("first\nold\nlast", directory.Read("Sample.Changed.verified.txt"));
        Assert.Equal("first\nnew\nlast", directory.Read("Sample.Changed.received.txt"));
    }

    [Fact]
    public async Task Verify_DifferenceInBlanks_Fails()
    {
        directory.Write("Sample.Blanks.verified.txt", "a  b");

        var exception = await Assert.ThrowsAsync<VerifyException>(() => directory.Verify("a b", methodName: "Blanks"));

        Assert.EndsWith("- a  b\n+ a b", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_Equal_RemovesAStaleReceivedFile()
    {
        directory.Write("Sample.Same.verified.txt", "one");
        directory.Write("Sample.Same.received.txt", "what it printed before it was mended");

        await directory.Verify("one", methodName: "Same");

        Assert.Equal(["Sample.Same.verified.txt"], directory.Files);
    }

    [Theory]
    [InlineData("one\ntwo", "one\r\ntwo\r\n")]
    [InlineData("one\r\ntwo\r\n", "one\ntwo")]
    [InlineData("one\ntwo", "one\ntwo\n")]
    public async Task Verify_OtherLineEndings_Passes(string verified, string text)
    {
        directory.Write("Sample.Lines.verified.txt", verified);

        await directory.Verify(text, methodName: "Lines");
    }

    [Theory]
    [InlineData(null, "null")]
    [InlineData("", "emptyString")]
    public async Task Verify_NoText_IsAWord(string? text, string word)
    {
        directory.Write("Sample.Nothing.verified.txt", word);

        await directory.Verify(text, methodName: "Nothing");
    }

    [Fact]
    public async Task Verify_CompiledWithMappedPaths_SaysSo()
    {
        var exception = await Assert.ThrowsAsync<VerifyException>(() => Verifier.Verify("one", sourceFile: "/_/test/Sample.cs"));

        Assert.Contains("DeterministicSourcePaths", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => directory.Dispose();
}
