using System.Text.RegularExpressions;
using static Snapshots.Verifier;

namespace Demos.Tests;

public sealed partial class ExperimentTests
{
    [Fact]
    public async Task Experiment_WithoutPython_PrintsEachMeasurementAndTheTable()
    {
        Printed printed = await Printed.RunAsync("experiment", "--no-python", "--counts", "100", "1000");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Scrub(printed.Output));
    }

    [Fact]
    public async Task Experiment_WithPythonIfThereIsOne_SetsItBesideOurs()
    {
        Printed printed = await Printed.RunAsync("experiment", "--counts", "100");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        Assert.Matches(
            @"Python: not measured\.|Python's Pipe +[\d,.]+\s+Python's Queue +[\d,.]+\s+Pipe, times faster +[\d,.]+\s+Queue, times faster +[\d,.]+\s*$",
            printed.Output);
    }

    [Fact]
    public async Task Experiment_CountBelowOne_IsRefused()
    {
        Printed printed = await Printed.RunAsync("experiment", "--counts", "0");

        Assert.Equal(ExitCode.BadInput, printed.ExitCode);
        Assert.Contains("1 or more", printed.Error, StringComparison.Ordinal);
    }

    // Times, and times only: the counts stay.
    private static string Scrub(string output) => Nanoseconds().Replace(Seconds().Replace(output, "took {time} seconds"), " {ns}");

    [GeneratedRegex(@"took [\d.]+ seconds")]
    private static partial Regex Seconds();

    [GeneratedRegex(@" +[\d,]+\.\d\b")]
    private static partial Regex Nanoseconds();
}
