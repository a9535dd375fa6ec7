using System.Globalization;

namespace Pipelines.Processes.Tests.Life;

/// <summary>One property moves a stage: what holds with threads holds with processes.</summary>
public sealed class MapTests
{
    private static readonly ProcessWorkers s_workers = new();

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Select_Processes_GivesWhatThreadsGive(int parallelism, bool ordered)
    {
        List<int> results = await Pipeline.Range(0, 20_000)
            .Select(Work.Square, new() { Parallelism = parallelism, Ordered = ordered, Workers = s_workers }).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 20_000).Select(Work.Square), ordered ? results : results.Order().ToList(), EqualityComparer<int>.Default);
    }

    [Fact]
    public async Task Select_EachFormOfDelegate_Works()
    {
        BlockOptions options = new() { Workers = s_workers };
        Pipeline<int> numbers = Pipeline.Range(1, 3);
        Task<List<int>>[] runs =
        [
            numbers.Select(static number => number * number, options).ToListAsync(),
            numbers.SelectAsync(static async (number, token) =>
            {
                await Task.Yield();
                token.ThrowIfCancellationRequested();
                return number * number;
            }, options).ToListAsync(),
            numbers.SelectAsync(static number => Task.FromResult(number * number), options).ToListAsync(),
            numbers.SelectAsync(static number => ValueTask.FromResult(number * number), options).ToListAsync(),
            numbers.Select(GenericSquare<int>, options).ToListAsync(),
            numbers.Select(static number => number * number, options with { Timeout = TimeSpan.FromMinutes(1) }).ToListAsync(),
        ];
        foreach (List<int> results in await Task.WhenAll(runs).Patiently())
        {
            Assert.Equal([1, 4, 9], results);
        }

        static T GenericSquare<T>(T number)
            where T : System.Numerics.INumber<T> => number * number;
    }

    [Fact]
    public async Task Select_WithWorker_MakesOneEachAndDisposesIt()
    {
        var printed = new System.Collections.Concurrent.ConcurrentQueue<string>();
        BlockOptions options = new() { Workers = s_workers with { OnOutput = output => printed.Enqueue(output.Text) } };
        List<int> calls = await Pipeline.Range(0, 100).Select(static () => new Engine(), static (engine, number) => engine.Count(number), options)
            .ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(1, 100), calls);
        Assert.Equal("disposed\n", string.Concat(printed));
    }

    [Fact]
    public async Task Select_DelegateThrows_CrossesAsData()
    {
        PipelineRun run = Pipeline.Range(0, 100).Select(Work.Throws, new() { Parallelism = 2, Workers = s_workers }).ForEach(_ => { }).Start();
        WorkerException thrown = await Assert.ThrowsAsync<WorkerException>(() => run.Completion.Patiently());
        Assert.Equal("System.ArgumentException", thrown.TypeName);
        Assert.Equal("seven is not welcome", thrown.OriginalMessage);
        Assert.Contains(nameof(Work.Throws), thrown.ToString(), StringComparison.Ordinal);
        Assert.Equal(Work.Poison, run.Failure!.Item);
        PipelineReport report = run.Snapshot();
        Assert.Equal(1, report.Blocks[1].Failed);
        Assert.Equal(7, report.Blocks[1].Out);
        AssertConserved(report);
    }

    [Fact]
    public async Task Select_DelegateThrowsUnderSkip_LeavesThatItemOut()
    {
        var letters = new List<DeadLetter>();
        List<int> results = await Pipeline.Range(0, 1000)
            .Select(Work.Throws, new() { Parallelism = 2, OnError = ErrorPolicy.DeadLetter(letters.Add), Workers = s_workers }).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 1000).Where(number => number != Work.Poison), results);
        Assert.Equal(Work.Poison, Assert.Single(letters).Item);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(700_000)]
    [InlineData(3_000_000)]
    public async Task Select_ItemsLargerThanTheRing_ComeThrough(int size)
    {
        byte[][] items = [.. Enumerable.Range(1, 5).Select(seed => Bytes(size + seed, seed))];
        List<byte[]> results = await Pipeline.From(items).Select(Work.Doubled, new() { Parallelism = 2, Workers = s_workers }).ToListAsync().Patiently();
        Assert.Equal(items.Select(item => item.Concat(item)), results);

        static byte[] Bytes(int length, int seed)
        {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++)
            {
                bytes[i] = (byte)((i * seed) >> 3);
            }

            return bytes;
        }
    }

    [Fact]
    public async Task Select_EnvironmentAndCulture_AreTheParents()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-CH");
        try
        {
            List<string> results = await Pipeline.From(["culture", "GIVEN", "DOTNET_STARTUP_HOOKS", "PIPELINES_WORKER"])
                .Select(Work.Environs, new() { Workers = s_workers with { Environment = new Dictionary<string, string?> { ["GIVEN"] = "yes" } } })
                .ToListAsync().Patiently();
            Assert.Equal(["de-CH", "yes", "(none)", "(none)"], results);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Report_WhileItRuns_NamesTheWorkers()
    {
        using var folder = new ErrandFolder();
        var passed = new TaskCompletionSource();
        PipelineRun run = Pipeline.From(folder.Errands(8)).Select(Work.Waits, new() { Workers = s_workers })
            .ForEach(number => _ = number == 6 && passed.TrySetResult()).Start();
        await passed.Task.Patiently();
        WorkerReport worker = Assert.Single(run.Snapshot().Blocks[1].Workers);
        Assert.NotEqual(Environment.ProcessId, worker.Id);
        Assert.Equal(7, worker.Items);
        Assert.True(!OperatingSystem.IsLinux() || worker.Memory > 1 << 20);
        folder.LetGo();
        PipelineReport report = await run.Completion.Patiently();
        Assert.Equal(8, Assert.Single(report.Blocks[1].Workers).Items);
        Assert.Equal(0, report.Blocks[1].Workers[0].Restarts);
    }

    [Fact]
    public async Task Stop_ItemsInFlight_AreDelivered()
    {
        var passed = new TaskCompletionSource();
        int consumed = 0;
        PipelineRun run = Pipeline.From(Enumerable.Range(0, int.MaxValue)).Select(Work.Square, new() { Parallelism = 2, Workers = s_workers })
            .ForEach(number => _ = ++consumed == 1000 && passed.TrySetResult()).Start();
        await passed.Task.Patiently();
        PipelineReport report = await run.StopAsync(Patience.Long).Patiently();
        Assert.Equal(0, report.Undelivered);
        Assert.Equal(report.Blocks[0].Out, consumed);
        AssertConserved(report);
    }

    [Fact]
    public async Task Pause_AndResume_LosesNothing()
    {
        var passed = new TaskCompletionSource();
        int consumed = 0;
        PipelineRun run = Pipeline.Range(0, 300_000).Select(Work.Square, new() { Parallelism = 2, Workers = s_workers })
            .ForEach(number => _ = ++consumed == 1000 && passed.TrySetResult()).Start();
        await passed.Task.Patiently();
        await run.PauseAsync().Patiently();
        int paused = consumed;
        Assert.Equal(run.Snapshot().Blocks[0].Out, paused);
        run.Resume();
        await run.Completion.Patiently();
        Assert.Equal(300_000, consumed);
    }

    [Fact]
    public async Task Run_TwoPipelinesAtOnce_DoNotHoldEachOthersPipes()
    {
        Task<List<int>>[] runs =
        [
            .. Enumerable.Range(0, 3).Select(_ => Pipeline.Range(0, 500).Select(Work.Square, new() { Parallelism = 2, Workers = s_workers }).ToListAsync()),
        ];
        foreach (List<int> results in await Task.WhenAll(runs).Patiently())
        {
            Assert.Equal(Enumerable.Range(0, 500).Select(Work.Square), results);
        }
    }

    internal static void AssertConserved(PipelineReport report)
    {
        foreach (BlockReport block in report.Blocks.Where(block => block.Kind != BlockKind.Producer))
        {
            Assert.True(block.In == block.Out + block.Filtered + block.Failed + block.Dropped + block.Undelivered, $"{report}");
        }
    }
}
