using Snapshots;
using static Snapshots.Verifier;

namespace Demos.Tests;

/// <summary>The book's programs with child processes, and what only those can do.</summary>
public sealed class ProcessesTests
{
    [Theory]
    [InlineData("pipe")]
    [InlineData("queue")]
    [InlineData("shared")]
    [InlineData("pool-map")]
    [InlineData("resources")]
    public async Task Demo_InProcesses_PrintsWhatTheSourceDoes(string demo)
    {
        Printed printed = await Printed.RunAsync(demo, "--processes");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(printed.Output, new VerifySettings().UseParameters(demo));
    }

    [UnixFact]
    public async Task WorkerPool_InProcesses_SurvivesTheDeathOfOne()
    {
        Printed printed = await Printed.RunAsync("worker-pool", "--processes");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.SortLines(printed.Output, line => line.Contains(" died ")));
    }

    [UnixFact]
    public async Task Crash_ANativeFault_CostsOneItem()
    {
        Printed printed = await Printed.RunAsync("crash");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(printed.Output);
    }

    [Fact]
    public async Task Crash_Help_SaysWhatItShows()
    {
        Printed printed = await Printed.RunAsync("crash", "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.ScrubProgram(printed.Output));
    }
}
