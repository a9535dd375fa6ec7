using System.Runtime.CompilerServices;
namespace Pipelines.Tests.Blocks;

/// <summary>What every transform block keeps, wherever it stands and whatever the capacity of its links.</summary>
public sealed class TransformContractTests
{
    private static readonly int[] s_capacities = [1, 2, 256];
    private static readonly Func<Pipeline<int>, Pipeline<int>>[] s_places = [p => p, p => p.Buffer(1), p => p.Buffer(3)];

    public static TheoryData<BlockCase> All() => BlockCases.All();

    public static TheoryData<BlockCase> Failing() => BlockCases.Failing();

    public static TheoryData<BlockCase> WithoutBranch() => BlockCases.WithoutBranch();

    public static TheoryData<BlockCase> Endless() => BlockCases.Endless();

    public static TheoryData<BlockCase> EndlessAndBounded() => new(BlockCases.List.Where(block => block is { EndsEarly: false, Bounded: true }));

    [Theory]
    [MemberData(nameof(All))]
    public async Task Run_ToItsEnd_YieldsWhatTheModelDoes(BlockCase block)
    {
        foreach (int count in (int[])[0, 1, 2, 1000])
        {
            foreach ((int capacity, Func<Pipeline<int>, Pipeline<int>> before, Func<Pipeline<int>, Pipeline<int>> behind) in Settings())
            {
                List<int> consumed = [];
                Pipeline pipeline = behind(block.Apply(before(Pipeline.Range(0, count)), _ => { })).ForEach(consumed.Add);
                await using PipelineRun run = pipeline.Start(new PipelineOptions { Capacity = capacity });
                PipelineReport report = await Ended.ReportAsync(run);

                IEnumerable<int> expected = block.Model(Enumerable.Range(0, count));
                Assert.Equal(RunOutcome.Completed, report.Outcome);
                Assert.Equal(block.Ordered ? expected : expected.Order(), block.Ordered ? consumed : consumed.Order());
                AssertConserved(block, report);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task Run_DelegateThrows_EndsWithThatExceptionBehindACompletePrefix(BlockCase block)
    {
        foreach ((int capacity, Func<Pipeline<int>, Pipeline<int>> before, Func<Pipeline<int>, Pipeline<int>> behind) in Settings())
        {
            List<int> consumed = [];
            var thrown = new InvalidDataException("item 33");
            int undelivered = 0;
            Pipeline pipeline = behind(block.Apply(before(Pipeline.Range(0, 1000)), x => _ = x == 33 ? throw thrown : x)).ForEach(consumed.Add);
            await using PipelineRun run = pipeline.Start(new PipelineOptions { Capacity = capacity, OnUndelivered = _ => undelivered++ });
            Exception? error = await Ended.ExceptionAsync(run);
            PipelineReport report = run.Snapshot();

            Assert.True(thrown == error, $"Ended with {error}\n{report}");
            Assert.Same(thrown, run.Failure!.Exception);
            Assert.Equal(RunOutcome.Failed, report.Outcome);
            Assert.Contains(run.Failure.Block, report.Blocks.Select(one => one.Name));
            Assert.Equal(run.Failure.Block, thrown.Data[BlockFailure.BlockKey]);
            if (block.Ordered)
            {
                Assert.Equal(block.Model(Enumerable.Range(0, 1000)).Take(consumed.Count), consumed);
            }

            AssertConserved(block, report);
            Assert.Equal(report.Undelivered, undelivered);
        }
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Run_Cancelled_EndsWithTheTokenAndGivesBackWhatWasInFlight(BlockCase block)
    {
        foreach ((int capacity, Func<Pipeline<int>, Pipeline<int>> before, Func<Pipeline<int>, Pipeline<int>> behind) in Settings())
        {
            using var source = new CancellationTokenSource();
            int undelivered = 0;
            Pipeline pipeline = behind(block.Apply(before(Endlessly(() => source.Cancel(), 300)), _ => { })).ForEach(_ => { });
            await using PipelineRun run = pipeline.Start(new PipelineOptions { Capacity = capacity, OnUndelivered = _ => undelivered++ }, source.Token);
            Exception? error = await Ended.ExceptionAsync(run);
            PipelineReport report = run.Snapshot();

            Assert.Equal(source.Token, Assert.IsAssignableFrom<OperationCanceledException>(error).CancellationToken);
            Assert.Equal(RunOutcome.Cancelled, report.Outcome);
            AssertConserved(block, report);
            Assert.Equal(report.Undelivered, undelivered);
        }
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Run_Stopped_DeliversAllThatWasProduced(BlockCase block)
    {
        foreach ((int capacity, Func<Pipeline<int>, Pipeline<int>> before, Func<Pipeline<int>, Pipeline<int>> behind) in Settings())
        {
            List<int> consumed = [];
            var reached = new TaskCompletionSource();
            Pipeline pipeline = behind(block.Apply(before(Endlessly(() => reached.TrySetResult(), 300)), _ => { })).ForEach(consumed.Add);
            await using PipelineRun run = pipeline.Start(new PipelineOptions { Capacity = capacity });
            await reached.Task;
            PipelineReport report = await run.StopAsync(Timeout.InfiniteTimeSpan).WaitAsync(TimeSpan.FromSeconds(60));

            int produced = (int)report.Blocks[0].Out;
            IEnumerable<int> expected = block.Model(Enumerable.Range(0, produced));
            Assert.Equal(RunOutcome.Stopped, report.Outcome);
            Assert.Equal(0, report.Undelivered);
            Assert.Equal(block.Ordered ? expected : expected.Order(), block.Ordered ? consumed : consumed.Order());
            AssertConserved(block, report);
        }
    }

    [Theory]
    [MemberData(nameof(EndlessAndBounded))]
    public async Task Run_PausedAndResumed_ComesToRestAndDeliversAllThatWasProduced(BlockCase block)
    {
        foreach ((int capacity, Func<Pipeline<int>, Pipeline<int>> before, Func<Pipeline<int>, Pipeline<int>> behind) in Settings())
        {
            List<int> consumed = [];
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var further = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Pipeline pipeline = behind(block.Apply(before(Endlessly(() => reached.TrySetResult(), 300, () => further.TrySetResult())), _ => { }))
                .ForEach(consumed.Add);
            await using PipelineRun run = pipeline.Start(new PipelineOptions { Capacity = capacity });
            await reached.Task;
            await run.PauseAsync().WaitAsync(TimeSpan.FromSeconds(60));
            PipelineReport atRest = run.Snapshot();
            await run.PauseAsync().WaitAsync(TimeSpan.FromSeconds(60));
            PipelineReport later = run.Snapshot();
            run.Resume();
            await further.Task.WaitAsync(TimeSpan.FromSeconds(60));
            PipelineReport report = await run.StopAsync(Timeout.InfiniteTimeSpan).WaitAsync(TimeSpan.FromSeconds(60));

            Assert.Equal(atRest.Blocks.Select(one => (one.Name, one.In, one.Out)), later.Blocks.Select(one => (one.Name, one.In, one.Out)));
            int produced = (int)report.Blocks[0].Out;
            IEnumerable<int> expected = block.Model(Enumerable.Range(0, produced));
            Assert.Equal(RunOutcome.Stopped, report.Outcome);
            Assert.Equal(block.Ordered ? expected : expected.Order(), block.Ordered ? consumed : consumed.Order());
            AssertConserved(block, report);
        }
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Run_Aborted_EndsWithoutAnExceptionAndGivesBackWhatWasInFlight(BlockCase block)
    {
        foreach ((int capacity, Func<Pipeline<int>, Pipeline<int>> before, Func<Pipeline<int>, Pipeline<int>> behind) in Settings())
        {
            int undelivered = 0;
            var scheduler = new CountingScheduler();
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Pipeline pipeline = behind(block.Apply(before(Endlessly(() => reached.TrySetResult(), 300)), _ => { })).ForEach(_ => { });
            await using PipelineRun run = pipeline.Start(
                new PipelineOptions { Capacity = capacity, OnUndelivered = _ => undelivered++, Scheduler = scheduler });
            await reached.Task;
            run.Abort();
            PipelineReport report = await Ended.ReportAsync(run);

            Assert.Equal(RunOutcome.Stopped, report.Outcome);
            AssertConserved(block, report);
            Assert.Equal(report.Undelivered, undelivered);

            // The task that completed the run may be on its last instructions.
            Assert.True(SpinWait.SpinUntil(() => scheduler.Unfinished == 0, TimeSpan.FromSeconds(10)), "Something is still running.");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Run_TwiceAtOnce_RunsDoNotShareState(BlockCase block)
    {
        Pipeline<int> pipeline = block.Apply(Pipeline.Range(0, 1000), _ => { });
        List<int>[] both = await Task.WhenAll(pipeline.ToListAsync(), pipeline.ToListAsync());

        int[] expected = [.. block.Model(Enumerable.Range(0, 1000)).Order()];
        Assert.All(both, one => Assert.Equal(expected, one.Order()));
    }

    // A consumer that has enough ends the run, also when the source has nothing to give: all the way up, those who wait for input are told.
    [Theory]
    [MemberData(nameof(WithoutBranch))]
    public async Task Run_ConsumerHasEnoughWhileTheSourceIsIdle_Ends(BlockCase block)
    {
        foreach ((int capacity, Func<Pipeline<int>, Pipeline<int>> before, Func<Pipeline<int>, Pipeline<int>> behind) in Settings())
        {
            List<int> consumed = [];
            Pipeline pipeline = behind(block.Apply(before(Pipeline.From(ThenIdleAsync())), _ => { })).Buffer(1).Take(2).ForEach(consumed.Add);
            await using PipelineRun run = pipeline.Start(new PipelineOptions { Capacity = capacity });
            PipelineReport report = await Ended.ReportAsync(run);

            Assert.Equal(RunOutcome.Completed, report.Outcome);
            Assert.Equal(block.Model(Enumerable.Range(0, 1000)).Take(2).Count(), consumed.Count);
            Conservation.AssertHolds(report);
        }

        static async IAsyncEnumerable<int> ThenIdleAsync([EnumeratorCancellation] CancellationToken token = default)
        {
            for (int i = 0; i < 1000; i++)
            {
                yield return i;
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        }
    }

    private static IEnumerable<(int Capacity, Func<Pipeline<int>, Pipeline<int>> Before, Func<Pipeline<int>, Pipeline<int>> Behind)> Settings() =>
        from capacity in s_capacities
        from before in s_places
        from behind in s_places
        select (capacity, before, behind);

    private static Pipeline<int> Endlessly(Action atItem, int item, Action? atTwice = null)
    {
        return Pipeline.From(Source());

        IEnumerable<int> Source()
        {
            for (int i = 0; ; i++)
            {
                if (i == item)
                {
                    atItem();
                }
                else if (i == 2 * item)
                {
                    atTwice?.Invoke();
                }

                yield return i;
            }
        }
    }

    private static void AssertConserved(BlockCase block, PipelineReport report)
    {
        if (block.InLine)
        {
            Conservation.AssertHoldsInLine(report, block.Name);
        }
        else
        {
            Conservation.AssertHolds(report, block.Name);
        }
    }
}
