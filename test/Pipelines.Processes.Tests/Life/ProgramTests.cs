using System.Diagnostics;

namespace Pipelines.Processes.Tests.Life;

/// <summary>The kinds of programs that have workers. Published ones are checked by .ci/run: single file, ReadyToRun, native.</summary>
public sealed class ProgramTests
{
    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Program_UnderEitherHost_Works(bool isDotnet)
    {
        using Process program = App.Start("ProcessApp", isDotnet, "ints", "1000", "2");
        Assert.Contains("sum 500500", await App.SaysAsync(program), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Program_WithoutStartupHooks_SaysWhatToDoAndStartsNoSecondGeneration()
    {
        using Process program = App.Start("hookless");
        string said = await App.SaysAsync(program);
        Assert.Contains("WorkerCrashedException", said, StringComparison.Ordinal);
        Assert.Contains("WorkerProcess.TryRun()", said, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Program_WithTryRun_NeedsNoStartupHooks()
    {
        using Process program = App.Start("tryrun");
        Assert.Contains("sum 500500", await App.SaysAsync(program), StringComparison.Ordinal);
    }

    /// <summary>Its workers begin in Main, as those of a native program do; which the same program is in .ci/run.</summary>
    [LinuxFact]
    public async Task Program_WithRegisteredFunctions_FindsThemInItsWorkers()
    {
        using Process program = App.Start("ProcessAotApp", isDotnet: false);
        string said = await App.SaysAsync(program);
        Assert.EndsWith("ok", said.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, program.ExitCode);
    }

    [LinuxFact]
    public async Task WebHost_RequestsWithWorkers_AreAnsweredAndLeaveNothing()
    {
        using Process host = App.Start("ProcessWebApp", isDotnet: false);
        string line = await host.StandardOutput.ReadLineAsync().Patiently() ?? throw new InvalidOperationException("The host has ended.");
        while (!line.StartsWith("at ", StringComparison.Ordinal))
        {
            line = await host.StandardOutput.ReadLineAsync().Patiently() ?? throw new InvalidOperationException("The host has ended.");
        }

        using var client = new HttpClient { BaseAddress = new Uri(line[3..]) };
        string[] answers = await Task.WhenAll(client.GetStringAsync("/squares/1000"), client.GetStringAsync("/squares/1001")).Patiently();
        Assert.Equal(["sum 332833500", "sum 333833500"], answers.Select(answer => answer.Split(',')[0]));
        Work.Signal(host.Id, 15);
        await App.SaysAsync(host);
        Assert.Equal(0, host.ExitCode);
        Assert.Empty(Directory.GetFiles("/dev/shm", $"pipelines-{host.Id}-*"));
    }
}
