using System.Collections.Concurrent;

namespace Pipelines.Processes.Tests.Life;

/// <summary>What takes too long, uses too much, or is no longer wanted.</summary>
public sealed class LimitTests
{
    private static readonly ProcessWorkers s_quiet = new() { OnOutput = static _ => { } };

    [Fact]
    public async Task Stuck_ItemsBehindIt_FinishElsewhere()
    {
        using var folder = new ErrandFolder();
        var others = new TaskCompletionSource();
        var results = new ConcurrentQueue<int>();
        Task<PipelineReport> run = Pipeline.From(folder.Errands(200)).Select(Work.Waits, new() { Parallelism = 2, Ordered = false, Workers = s_quiet })
            .ForEach(number =>
            {
                results.Enqueue(number);
                _ = results.Count == 199 && others.TrySetResult();
            }).RunAsync();
        await others.Task.Patiently();
        Assert.DoesNotContain(Work.Poison, results);
        folder.LetGo();
        await run.Patiently();
        Assert.Equal(Enumerable.Range(0, 200), results.Order());
    }

    [LinuxFact]
    public async Task Stopped_WorkerBeyondTheTimeLimit_IsKilledAndNobodyElseBlamed()
    {
        using var folder = new ErrandFolder();
        var letters = new List<DeadLetter>();
        List<int> results = await Pipeline.From(folder.Errands(100)).Select(Work.StopsItself, new()
        {
            Parallelism = 2,
            Timeout = TimeSpan.FromSeconds(1),
            OnError = ErrorPolicy.DeadLetter(letters.Add),
            Workers = s_quiet,
        }).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 100).Where(number => number != Work.Poison), results);
        Assert.IsType<TimeoutException>(Assert.Single(letters).Exception);
        Assert.All(Enumerable.Range(0, 100), number => Assert.Equal(1, folder.TimesBegun(number)));
    }

    [Fact]
    public async Task TimeLimit_ItemThatNeverReturns_FailsUnderStop()
    {
        PipelineRun run = Pipeline.Range(0, 3).Select(Work.Forever, new() { Timeout = TimeSpan.FromMilliseconds(200), Workers = s_quiet })
            .ForEach(_ => { }).Start();
        TimeoutException late = await Assert.ThrowsAsync<TimeoutException>(() => run.Completion.Patiently());
        Assert.Contains("Its worker process was killed", late.Message, StringComparison.Ordinal);
        MapTests.AssertConserved(run.Snapshot());
    }

    [Fact]
    public async Task Recycle_EachSoManyItems_LosesNothing()
    {
        List<int> ids = await Pipeline.Range(0, 40).Select(Work.ProcessId, new() { Parallelism = 2, Workers = s_quiet with { RecycleAfter = 5 } })
            .ToListAsync().Patiently();
        Assert.Equal(40, ids.Count);
        Assert.All(ids.CountBy(id => id), worker => Assert.True(worker.Value <= 5));
    }

    /// <summary>By hand with PIPELINES_RECYCLES=10000.</summary>
    [Fact]
    public async Task Recycle_EachItem_LosesNothing()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("PIPELINES_RECYCLES") ?? "30", System.Globalization.CultureInfo.InvariantCulture);
        var exits = new ConcurrentQueue<WorkerExit>();
        var ids = new List<(int Number, int Process)>();
        await Pipeline.Range(0, count).Select(Work.NumberAndProcess, new()
        {
            Parallelism = 2,
            Workers = s_quiet with { RecycleAfter = 1, OnExit = exits.Enqueue },
        }).ForEach(ids.Add).RunAsync();
        Assert.Equal(Enumerable.Range(0, count), ids.Select(id => id.Number));
        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.NotEqual(pair.First.Process, pair.Second.Process));
        Assert.All(exits, exit => Assert.Equal((WorkerExitReason.Left, 0), (exit.Reason, exit.ExitCode)));
    }

    [LinuxFact]
    public async Task MemoryLimit_WorkerAboveIt_IsReplacedBetweenTwoItems()
    {
        var exits = new ConcurrentQueue<WorkerExit>();
        PipelineReport? report = null;
        var ids = new List<int>();
        report = await Pipeline.Range(0, 100).Select(Work.Memory, new() { Workers = s_quiet with { MemoryLimit = 100 << 20, OnExit = exits.Enqueue } })
            .ForEach(ids.Add).RunAsync().Patiently();
        Assert.Equal(100, ids.Count);
        Assert.True(report.Blocks[1].Workers[0].Restarts > 0, report.ToString());
        Assert.All(exits, exit => Assert.Equal((WorkerExitReason.Left, 0), (exit.Reason, exit.ExitCode)));
    }

    [Fact]
    public async Task Abort_WhileDelegateWaits_CancelsItsToken()
    {
        var printed = new ConcurrentQueue<string>();
        var exits = new TaskCompletionSource<WorkerExit>();
        var begun = new TaskCompletionSource();
        PipelineRun run = Pipeline.From(Begin()).SelectAsync(Work.WaitsForToken, new()
        {
            Workers = s_quiet with
            {
                OnOutput = output => printed.Enqueue(output.Text),
                OnExit = exit => exits.TrySetResult(exit),
                GracePeriod = Patience.Long,
            },
        }).ForEach(_ => { }).Start();
        await begun.Task.Patiently();
        await Patience.UntilAsync(() => run.Snapshot().Blocks[1].Workers is [{ Memory: > 0 }]);
        run.Abort();
        Assert.Equal(RunOutcome.Stopped, (await run.Completion.Patiently()).Outcome);
        WorkerExit exit = await exits.Task.Patiently();
        Assert.Equal(WorkerExitReason.Left, exit.Reason);

        IEnumerable<int> Begin()
        {
            yield return 1;
            begun.TrySetResult();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_FullRings_GivesEachItemBackOnce(bool ordered)
    {
        var undelivered = new ConcurrentQueue<object?>();
        var consumed = new ConcurrentQueue<int>();
        var passed = new TaskCompletionSource();
        PipelineRun run = Pipeline.From(Enumerable.Range(0, 1_000_000)).Select(Work.Spins, new() { Parallelism = 2, Ordered = ordered, Workers = s_quiet })
            .ForEach(number =>
            {
                consumed.Enqueue(number);
                _ = consumed.Count == 500 && passed.TrySetResult();
            }).Start(new PipelineOptions { OnUndelivered = item => undelivered.Enqueue(item.Item) });
        await passed.Task.Patiently();
        run.Abort();
        Assert.Equal(RunOutcome.Stopped, (await run.Completion.Patiently()).Outcome);
        PipelineReport report = run.Snapshot();
        MapTests.AssertConserved(report);
        int[] all = [.. consumed, .. undelivered.Cast<int>()];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(report.Undelivered, undelivered.Count);
        Assert.Equal(report.Blocks[0].Out, all.Length);
    }

    [Fact]
    public async Task Output_AHundredMegabytes_DamagesNothing()
    {
        long printed = 0;
        long errors = 0;
        List<int> results = await Pipeline.Range(0, 100).Select(Work.Prints, new()
        {
            Workers = new ProcessWorkers
            {
                OnOutput = output => Interlocked.Add(ref output.IsError ? ref errors : ref printed, output.Text.Length),
            },
        }).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 100), results);
        Assert.Equal(100L << 20, printed);
        Assert.Equal(100L << 10, errors);
    }
}
