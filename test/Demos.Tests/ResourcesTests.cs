using System.Text.RegularExpressions;
using static Snapshots.Verifier;

namespace Demos.Tests;

public sealed partial class ResourcesTests
{
    [Fact]
    public async Task Resources_Run_PrintsEachLineAndAsManyClosedFilesAsOpenedOnes()
    {
        Printed printed = await Printed.RunAsync("resources");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        // How many of the three workers are needed, and which of them gets a line. That the three counts are the same is not scrubbed.
        await Verify(Counts().Replace(Worker().Replace(printed.Output, "worker-{n}"), "{n} files opened {n} times and closed {n} times"));
    }

    [Fact]
    public async Task Resources_Help_SaysWhatItShows()
    {
        Printed printed = await Printed.RunAsync("resources", "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.ScrubProgram(printed.Output));
    }

    [GeneratedRegex(@"worker-[1-3]\b")]
    private static partial Regex Worker();

    [GeneratedRegex(@"\b([1-3]) files opened \1 times and closed \1 times")]
    private static partial Regex Counts();
}
