using Snapshots;
using static Snapshots.Verifier;

namespace Demos.Tests;

/// <summary>The demos of pipes, queues and shared values: nothing in what they print varies.</summary>
public sealed class SharingTests
{
    [Theory]
    [InlineData("pipe")]
    [InlineData("queue")]
    [InlineData("close")]
    [InlineData("shared")]
    [InlineData("namespace")]
    public async Task Demo_Run_PrintsWhatTheSourceDoes(string demo)
    {
        Printed printed = await Printed.RunAsync(demo);

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(printed.Output, new VerifySettings().UseParameters(demo));
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("queue")]
    [InlineData("close")]
    [InlineData("shared")]
    [InlineData("namespace")]
    [InlineData("experiment")]
    public async Task Demo_Help_SaysWhatItShows(string demo)
    {
        Printed printed = await Printed.RunAsync(demo, "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.ScrubProgram(printed.Output), new VerifySettings().UseParameters(demo));
    }
}
