using System.Runtime.CompilerServices;
using Pipelines.Execution;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Reports;

/// <summary>A report is numbers: who keeps one keeps nothing of the run.</summary>
public sealed class ReportHoldsNothingTests
{
    // Whatever else may be said of a run: no item, no delegate, no block, no link is among these.
    private static readonly HashSet<Type> s_numbersAndNames =
    [
        typeof(PipelineReport), typeof(BlockReport), typeof(BlockReport[]), typeof(LinkReport), typeof(LinkReport[]), typeof(BlockFailure[]), typeof(string[]),
        typeof(TimeSpan), typeof(WorkerReport), typeof(WorkerReport[]), typeof(ErrorGroup), typeof(ErrorGroup[]), typeof(DateTimeOffset),
        typeof(RunFigures), typeof(long[]), typeof(Topology), typeof(Topology.Block), typeof(Topology.Block[]),
        typeof(Topology.Connection), typeof(Topology.Connection[]),
        typeof(PipelineGraph), typeof(GraphBlock), typeof(GraphBlock[]), typeof(GraphLink), typeof(GraphLink[]), typeof(GraphFusion), typeof(GraphFusion[]),
        typeof(GraphIsland),
        typeof(GraphIsland[]),
    ];

    // A final report made its rows when they were read, and until then held the run: every key of a DistinctBy, every undelivered item.
    // All operators in one test: to see that a run is garbage costs a collection of the whole heap, which is done once for them together.
    [Theory]
    [InlineData("end")]
    [InlineData("abort")]
    [InlineData("middle")]
    public async Task Report_OfEveryOperator_HoldsNumbersAndNames(string ending)
    {
        List<(BlockCase Block, PipelineReport Report, WeakReference Run)> all = [];
        foreach (BlockCase block in BlockCases.List)
        {
            (PipelineReport report, WeakReference run) = await RunAsync(block, ending);
            all.Add((block, report, run));
        }

        await Task.Yield(); // off the stack of whoever has completed the last run

        Assert.All(all, one =>
        {
            Assert.Empty(Reach.Of(one.Report).Except(s_numbersAndNames));
            Assert.True(Reach.IsGone(one.Run), $"Something that goes on still refers to the run of {one.Block}.");
            Assert.NotEmpty(one.Report.Blocks);
            Assert.NotEmpty($"{one.Report}");
            Assert.Empty(Reach.Of(one.Report).Except(s_numbersAndNames));
        });
    }

    [Theory]
    [MemberData(nameof(BlockCases.All), MemberType = typeof(BlockCases))]
    public void Graph_OfEveryOperator_HoldsNumbersAndNames(BlockCase block)
    {
        PipelineGraph graph = block.Apply(Pipeline.Range(0, 10), _ => { }).ForEach(_ => { }).Graph;

        Assert.Empty(Reach.Of(graph).Except(s_numbersAndNames));
        Assert.NotEmpty(graph.Islands);
    }

    [Fact]
    public async Task Items_OfARunWhoseReportIsKept_AreGarbage()
    {
        (PipelineReport report, WeakReference item) = await RunOverAsync();

        Assert.True(Reach.IsGone(item));
        Assert.Equal(1, report.Undelivered);
    }

    // What was thrown is looked up by the exception: the run must not live as long.
    [Fact]
    public async Task ReportOfAnException_IsFoundAndHoldsTheFailureOnly()
    {
        (Exception thrown, WeakReference run) = await FailAsync();

        Assert.True(Reach.IsGone(run));
        PipelineReport report = PipelineReport.Of(thrown)!;
        Assert.Equal((RunOutcome.Failed, 2), (report.Outcome, report.Blocks.Count));
        Assert.Same(thrown, report.Failure!.Exception);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(PipelineReport Report, WeakReference Run)> RunAsync(BlockCase block, string ending)
    {
        int seen = 0;
        PipelineRun? run = null;
        var started = new TaskCompletionSource<PipelineRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        run = block.Apply(Pipeline.Range(0, 100), _ => { }).ForEachAsync(async _ =>
        {
            if (++seen == 3 && ending == "abort")
            {
                (await started.Task).Abort();
            }
        }).Start(new() { Capacity = 4 });
        started.SetResult(run);
        PipelineReport middle = run.Snapshot();
        PipelineReport end = await Ended.ReportAsync(run);
        return (ending == "middle" ? middle : end, new WeakReference(run));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(PipelineReport Report, WeakReference Item)> RunOverAsync()
    {
        var item = new object();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PipelineRun run = Pipeline.From(new[] { item }).DistinctBy(x => x).ForEachAsync(async (_, token) =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        }).Start();
        await reached.Task;
        run.Abort();
        return (await run.Completion, new WeakReference(item));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(Exception Thrown, WeakReference Run)> FailAsync()
    {
        PipelineRun run = Pipeline.Range(0, 10).ForEach(x => throw new InvalidDataException()).Start();
        return ((await Ended.ExceptionAsync(run))!, new WeakReference(run));
    }
}
