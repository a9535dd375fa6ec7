namespace Demos.Tests;

/// <summary>The demo that starts the program of another project. What that does, its own tests show.</summary>
public sealed class ServiceDemoTests
{
    [Fact]
    public async Task Service_Help_SaysWhatItStarts()
    {
        Printed printed = await Printed.RunAsync("service", "--help");

        Assert.Equal((ExitCode.Success, ""), (printed.ExitCode, printed.Error));
        Assert.Contains("Starts src/Demos.Service: POST /orders", printed.Output);
    }

    [UnixFact]
    public async Task Service_Interrupted_DrainsAndEndsWell()
    {
        using DemosProcess process = DemosProcess.Start("service", "--", "--urls", "http://127.0.0.1:0");
        await process.Output.SeenAsync("Now listening on");
        await process.InterruptAsync();

        Assert.Equal(ExitCode.Success, await process.EndAsync());
        Assert.Contains("orders stops", process.Output.ToString());
    }
}
