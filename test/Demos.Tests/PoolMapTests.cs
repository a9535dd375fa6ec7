using static Snapshots.Verifier;

namespace Demos.Tests;

public sealed class PoolMapTests
{
    [Fact]
    public async Task PoolMap_Run_PrintsTheSquaresOfEachKindOfFunction()
    {
        Printed printed = await Printed.RunAsync("pool-map");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(printed.Output);
    }

    [Fact]
    public async Task PoolMap_Help_SaysWhatItShows()
    {
        Printed printed = await Printed.RunAsync("pool-map", "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        await Verify(Figures.ScrubProgram(printed.Output));
    }
}
