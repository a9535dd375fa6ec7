namespace Pipelines.Processes.Tests.Life;

/// <summary>Only the item on which a worker died is to blame.</summary>
public sealed class CrashTests
{
    private static readonly ProcessWorkers s_quiet = new() { OnOutput = static _ => { } };

    [LinuxTheory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task Death_EachSeventhItemOnce_LosesAndDoublesNothing(int parallelism, bool ordered)
    {
        using var folder = new ErrandFolder();
        List<int> results = await Pipeline.From(folder.Errands(50))
            .Select(Work.DiesOnce, new() { Parallelism = parallelism, Ordered = ordered, Workers = s_quiet }).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 50), ordered ? results : results.Order());
        Assert.All(Enumerable.Range(0, 50), number => Assert.Equal(number % Work.Poison == 0 ? 2 : 1, folder.TimesBegun(number)));
    }

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Death_EachTime_FailsThatItemAfterItsAttempts(int attempts)
    {
        using var folder = new ErrandFolder();
        var letters = new List<DeadLetter>();
        List<int> results = await Pipeline.From(folder.Errands(30)).Select(Work.DiesAlways, new()
        {
            Parallelism = 2,
            OnError = ErrorPolicy.DeadLetter(letters.Add),
            Workers = s_quiet with { Attempts = attempts },
        }).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 30).Where(number => number != Work.Poison), results);
        WorkerCrashedException crash = Assert.IsType<WorkerCrashedException>(Assert.Single(letters).Exception);
        Assert.Equal((attempts, 9, 137), (crash.Attempts, crash.Signal, crash.ExitCode));

        // Nothing else was begun twice, and with one attempt nothing at all.
        Assert.All(Enumerable.Range(0, 30), number => Assert.Equal(number == Work.Poison ? attempts : 1, folder.TimesBegun(number)));
    }

    [LinuxFact]
    public async Task Death_UnderStop_FailsTheRunBehindWhatIsInFront()
    {
        PipelineRun run = Pipeline.Range(0, 100).Select(Work.KillsItself, new() { Parallelism = 2, Workers = s_quiet with { Attempts = 2 } })
            .ForEach(_ => { }).Start();
        await Assert.ThrowsAsync<WorkerCrashedException>(() => run.Completion.Patiently());
        PipelineReport report = run.Snapshot();
        Assert.Equal(Work.Poison, report.Blocks[1].Out);
        Assert.Equal(Work.Poison, run.Failure!.Item);
        MapTests.AssertConserved(report);
    }

    [LinuxTheory]
    [InlineData("stack overflow", 6)]
    [InlineData("fail fast", 6)]
    [InlineData("exit", null)]
    [InlineData("native fault", 6)]
    [InlineData("segmentation fault", null)]
    public async Task Death_HoweverItComes_IsTheItemsFailure(string how, int? signal)
    {
        var letters = new List<DeadLetter>();
        List<int> results = await Pipeline.From(Enumerable.Range(0, 30).Select(number => new Ending(number, how))).Select(Work.EndsBadly, new()
        {
            OnError = ErrorPolicy.DeadLetter(letters.Add),
            Workers = s_quiet with { Attempts = 1 },
        }).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 30).Where(number => number != Work.Poison), results);
        WorkerCrashedException crash = Assert.IsType<WorkerCrashedException>(Assert.Single(letters).Exception);
        if (how == "exit")
        {
            Assert.Equal((0, null), (crash.ExitCode, crash.Signal));
        }
        else
        {
            Assert.NotNull(crash.Signal);
            Assert.NotEmpty(crash.OutputTail);
        }

        Assert.Equal(signal ?? crash.Signal, crash.Signal);
    }

    [Fact]
    public async Task Start_ResourceThrows_FailsTheRunWithThat()
    {
        WorkerException thrown = await Assert.ThrowsAsync<WorkerException>(() => Pipeline.Range(0, 10)
            .Select(Engine.Broken, static (engine, number) => engine.Count(number), new() { Workers = s_quiet }).ToListAsync().Patiently());
        Assert.Equal("no engine today", thrown.OriginalMessage);
    }

    [Fact]
    public async Task Start_ProcessEnds_FailsTheRunWithWhatItSaid()
    {
        WorkerCrashedException crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => Pipeline.Range(0, 10)
            .Select(Engine.Dead, static (engine, number) => engine.Count(number), new() { Parallelism = 2, Workers = s_quiet }).ToListAsync().Patiently());
        Assert.Equal((3, 0), (crash.ExitCode, crash.Attempts));
        Assert.Contains("the engine has exploded", crash.OutputTail, StringComparison.Ordinal);
        Assert.Contains("before it was ready for its first item", crash.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_DisposalThrows_FailsTheRun()
    {
        WorkerException thrown = await Assert.ThrowsAsync<WorkerException>(() => Pipeline.Range(0, 10)
            .Select(static () => new BadEnd(), static (worker, number) => worker.Same(number), new() { Workers = s_quiet })
            .ForEach(_ => { }).RunAsync().Patiently());
        Assert.Equal("it does not close", thrown.OriginalMessage);
    }

    [LinuxFact]
    public async Task Death_WithAGrandchildThatHoldsTheOutput_IsSeenAllTheSame()
    {
        var letters = new List<DeadLetter>();
        var exits = new System.Collections.Concurrent.ConcurrentQueue<WorkerExit>();
        List<int> results = await Pipeline.Range(5, 5).Select(Work.Grandchild, new()
        {
            OnError = ErrorPolicy.DeadLetter(letters.Add),
            Workers = s_quiet with { Attempts = 1, OnExit = exits.Enqueue },
        }).ToListAsync().Patiently();
        Assert.Equal([5, 6, 8, 9], results);
        Assert.Single(letters);
        WorkerExit exit = Assert.Single(exits, exit => exit.Reason == WorkerExitReason.Crashed);
        string note = Path.Combine(Path.GetTempPath(), $"grandchild-{exit.ProcessId}");
        Work.Signal(int.Parse(File.ReadAllText(note), System.Globalization.CultureInfo.InvariantCulture), 9);
        File.Delete(note);
    }

    [LinuxFact]
    public async Task Damage_OfTheSharedMemory_CondemnsThatWorkerOnly()
    {
        var letters = new List<DeadLetter>();
        List<int> results = await Pipeline.Range(0, 100).Select(Work.Scribbles, new()
        {
            Parallelism = 2,
            OnError = ErrorPolicy.DeadLetter(letters.Add),
            Workers = s_quiet with { Attempts = 2 },
        }).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 100).Where(number => number != Work.Poison), results);
        Assert.Equal(Work.Poison, Assert.Single(letters).Item);
        Assert.IsType<WorkerCrashedException>(letters[0].Exception);
    }

    [Fact]
    public async Task Answer_ThatCannotBeDecoded_FailsItsItem()
    {
        var letters = new List<DeadLetter>();
        List<Riddle> results = await Pipeline.Range(0, 100).Select(Work.Riddles, new()
        {
            Parallelism = 2,
            OnError = ErrorPolicy.DeadLetter(letters.Add),
            Workers = s_quiet with { Serializers = [typeof(Secret)] },
        }).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 100).Where(number => number != Work.Poison), results.Select(riddle => riddle.Number));
        Assert.IsType<FormatException>(Assert.Single(letters).Exception);
    }

    [LinuxFact]
    public async Task Start_WithoutRoomForTheSharedMemory_FailsTheRun()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("small");
        if (!await MountAsync("mount", "-t", "tmpfs", "-o", "size=256k", "none", folder.FullName))
        {
            return; // not everybody may mount
        }

        try
        {
            await Assert.ThrowsAsync<IOException>(
                () => Pipeline.Range(0, 10).Select(Work.Square, new() { Workers = s_quiet with { Folder = folder.FullName } }).ToListAsync().Patiently());
            Assert.Empty(folder.GetFiles());
        }
        finally
        {
            await MountAsync("umount", folder.FullName);
            folder.Delete();
        }

        static async Task<bool> MountAsync(string command, params string[] arguments)
        {
            using var process = System.Diagnostics.Process.Start(command, arguments);
            await process.WaitForExitAsync().Patiently();
            return process.ExitCode == 0;
        }
    }

    [LinuxFact]
    public async Task Nested_Workers_AreRefused()
    {
        WorkerException thrown = await Assert.ThrowsAsync<WorkerException>(
            () => Pipeline.Range(0, 3).Select(Work.Nested, new() { Workers = s_quiet }).ToListAsync().Patiently());
        Assert.Contains("starts no worker processes", thrown.OriginalMessage, StringComparison.Ordinal);
    }
}
