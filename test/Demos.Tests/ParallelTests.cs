using System.Text.RegularExpressions;
using static Snapshots.Verifier;

namespace Demos.Tests;

public sealed partial class ParallelTests
{
    [Fact]
    public async Task Parallel_Run_ComesToTheSameHashEachWay()
    {
        Printed printed = await Printed.RunAsync("parallel", "--texts", "50");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Times().Replace(printed.Output, "{figure}"));
    }

    [Fact]
    public async Task Parallel_Help_SaysWhatItShows()
    {
        Printed printed = await Printed.RunAsync("parallel", "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.ScrubProgram(printed.Output));
    }

    [GeneratedRegex(@" *\d+\.\d+")]
    private static partial Regex Times();
}
