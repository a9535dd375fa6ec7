using System.Diagnostics;
using System.Globalization;

namespace Pipelines.Processes.Tests.Life;

/// <summary>A program with workers, and what happens to it.</summary>
public sealed class ParentTests
{
    [LinuxTheory]
    [InlineData("idle", false)]
    [InlineData("busy", false)]
    [InlineData("busy", true)]
    public async Task ParentKilled_ItsWorkers_DoNotOutliveIt(string mode, bool isStopped)
    {
        using Process parent = App.Start(mode);
        int[] workers = await WorkersAsync(parent, 2);
        if (isStopped)
        {
            Work.Signal(parent.Id, 19);
        }

        parent.Kill();
        await parent.WaitForExitAsync().Patiently();
        await Patience.UntilAsync(() => !workers.Any(Patience.Lives));
        Assert.Empty(Directory.GetFiles("/dev/shm", $"pipelines-{parent.Id}-*"));
    }

    [LinuxFact]
    public async Task Interrupt_ToAllOfThem_LetsTheParentDrain()
    {
        using Process parent = App.Start("drain");
        int[] workers = await WorkersAsync(parent, 2);
        foreach (int id in (int[])[.. workers, parent.Id])
        {
            Work.Signal(id, 2);
        }

        string said = await parent.StandardOutput.ReadToEndAsync().Patiently();
        await parent.WaitForExitAsync().Patiently();
        Assert.Contains("stopped, nothing undelivered, no restarts", said, StringComparison.Ordinal);
        Assert.Equal(0, parent.ExitCode);
    }

    private static async Task<int[]> WorkersAsync(Process parent, int count)
    {
        var ids = new HashSet<int>();
        while (ids.Count < count)
        {
            string line = await parent.StandardOutput.ReadLineAsync().Patiently() ?? throw new InvalidOperationException("The program has ended.");
            if (line.StartsWith("worker ", StringComparison.Ordinal))
            {
                ids.Add(int.Parse(line[7..], CultureInfo.InvariantCulture));
            }
        }

        return [.. ids];
    }
}
