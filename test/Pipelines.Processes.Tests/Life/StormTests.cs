using System.Collections.Concurrent;
using System.Globalization;

namespace Pipelines.Processes.Tests.Life;

/// <summary>Workers are killed all the time, by somebody else. By hand with PIPELINES_KILLS=1000.</summary>
public sealed class StormTests
{
    private static readonly int s_kills = int.Parse(Environment.GetEnvironmentVariable("PIPELINES_KILLS") ?? "25", CultureInfo.InvariantCulture);

    /// <summary>The same in a program of its own, which counts what it has open before and after.</summary>
    [LinuxFact]
    public async Task Kills_InAProgram_LeaveNothingBehind()
    {
        using System.Diagnostics.Process program = App.Start("storm", s_kills.ToString(CultureInfo.InvariantCulture));
        string said = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Contains("nothing lost, doubled or misplaced; left: 0 open files, 0 files", said, StringComparison.Ordinal);
        Assert.Equal(0, program.ExitCode);
    }

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kills_OfServingWorkers_LoseDoubleAndMisplaceNothing(bool isReady)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("storm");
        var random = new Random(7);
        int kills = 0;
        int last = 0;
        var isStorm = new ConcurrentQueue<WorkerExit>();
        PipelineRun run = null!;
        IEnumerable<int> Numbers()
        {
            int number = 0;
            while (isStorm.Count(exit => exit.Reason == WorkerExitReason.Crashed) < s_kills)
            {
                yield return number++;
            }

            last = number;
        }

        int next = 0;
        run = Pipeline.From(Numbers()).Select(Work.Spins, new()
        {
            Parallelism = 2,
            Workers = new ProcessWorkers
            {
                Attempts = 1000,
                Folder = folder.FullName,
                Environment = new Dictionary<string, string?> { ["TMPDIR"] = folder.FullName }, // where diagnostic pipes would be
                OnExit = isStorm.Enqueue,
            },
        }).ForEach(number => Assert.Equal(next++, number)).Start();
        while (!run.Completion.IsCompleted)
        {
            foreach (WorkerReport worker in run.Snapshot().Blocks[1].Workers)
            {
                // Of workers that have just been started, or of such as have answered something.
                if (worker.Id != 0 && (!isReady || random.Next(3) == 0) && isStorm.Count < s_kills && Work.Signal(worker.Id, 9))
                {
                    kills++;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(isReady ? 100 : 60 + random.Next(60)), TimeProvider.System);
        }

        await run.Completion.Patiently();
        Assert.Equal(last, next);
        Assert.True(kills >= s_kills);
        Assert.Empty(folder.GetFiles());
        folder.Delete();
    }
}
