using static Snapshots.Verifier;

namespace Snapshots.Tests;

public sealed class NamingTests : IDisposable
{
    private readonly SnapshotDirectory directory = new();

    [Fact]
    public Task Verify_ByDefault_FindsTheSnapshotBesideTheTest() => Verify("This text lies beside its test.");

    [Theory]
    [InlineData(1, "left/right")]
    [InlineData(2, null)]
    public async Task Verify_Parameters_GiveEachCaseItsFile(int count, string? side)
    {
        var settings = new VerifySettings().UseParameters(count, side);

        await Assert.ThrowsAsync<VerifyException>(() => directory.Verify("text", settings, nameof(NamingTests)));

        var shown = side is null ? "null" : "left-right";
        Assert.Equal(
            [$"NamingTests.Verify_Parameters_GiveEachCaseItsFile_count={count}_side={shown}.received.txt"],
            directory.Files);
    }

    [Fact]
    public async Task Verify_ParametersTheMethodDoesNotHave_SaysSo()
    {
        var settings = new VerifySettings().UseParameters(1);

        var exception = await Assert.ThrowsAsync<VerifyException>(() => directory.Verify("text", settings, nameof(NamingTests)));

        Assert.Contains("with 1 parameters", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_MethodName_TakesThePlaceOfTheTests()
    {
        var settings = new VerifySettings().UseMethodName("Other");

        await Assert.ThrowsAsync<VerifyException>(() => directory.Verify("text", settings));

        Assert.Equal(["Sample.Other.received.txt"], directory.Files);
    }

    [Fact]
    public async Task Verify_Directory_IsRelativeToTheTest()
    {
        var settings = new VerifySettings().UseDirectory("snapshots").UseMethodName("Elsewhere");

        await Assert.ThrowsAsync<VerifyException>(() => directory.Verify("text", settings));

        Assert.Equal("text", directory.Read("snapshots/Sample.Elsewhere.received.txt"));
    }

    public void Dispose() => directory.Dispose();
}
