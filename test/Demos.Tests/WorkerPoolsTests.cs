using System.Text.RegularExpressions;
using static Snapshots.Verifier;

namespace Demos.Tests;

public sealed partial class WorkerPoolsTests
{
    [Fact]
    public async Task WorkerPool_AWorkerDies_AllJobsAreDoneAllTheSame()
    {
        Printed printed = await Printed.RunAsync("worker-pool");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        // Which clerk has which job, and when the death is noticed.
        await Verify(Figures.SortLines(Clerk().Replace(printed.Output, "clerk {n}"), line => line.Contains(" died ")));
    }

    [Fact]
    public async Task WorkerPool_Help_SaysWhatItShows()
    {
        Printed printed = await Printed.RunAsync("worker-pool", "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.ScrubProgram(printed.Output));
    }

    [GeneratedRegex(@"clerk [1-4]\b")]
    private static partial Regex Clerk();
}
