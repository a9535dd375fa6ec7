using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow;

/// <summary>Blocks go in and pipelines come out: order, backpressure, ends and faults cross unchanged.</summary>
public sealed partial class BridgeTests
{
    private static readonly DataflowLinkOptions s_propagate = new() { PropagateCompletion = true };
    private static readonly DataflowBlockOptions s_one = new() { BoundedCapacity = 1 };

    public static TheoryData<int> Capacities => [1, 2, 3, 64];

    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task FromSourceBlock_Items_ComeInOrderAndEndWithTheBlock(int capacity)
    {
        BufferBlock<int> source = Filled(1000);
        source.Complete();

        Assert.Equal(Enumerable.Range(0, 1000), await Pipeline.From(source).ToListAsync(new PipelineOptions { Capacity = capacity }));
    }

    [Fact]
    public async Task FromSourceBlock_ConsumerIsStuck_LeavesTheRestInTheSource()
    {
        BufferBlock<int> source = Filled(100);
        var stuck = new TaskCompletionSource();
        await using PipelineRun run = Pipeline.From(source).ForEachAsync(_ => stuck.Task).Start(new() { Capacity = 2 });
        run.Abort();
        stuck.SetResult();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(100, source.Count + report.Blocks[0].Out);
        Assert.InRange(report.Blocks[0].Out, 0, 6);
        Conservation.AssertHolds(report);
    }

    [Fact]
    public async Task FromSourceBlock_StoppedOrEnough_IsUnlinkedAndKeepsTheRest()
    {
        BufferBlock<int> source = Filled(10);

        Assert.Equal([0, 1, 2], await Pipeline.From(source).Take(3).ToListAsync(new PipelineOptions { Capacity = 1 }).InTime());
        int left = source.Count;
        Assert.InRange(left, 4, 7);
        Assert.Equal(10 - left, source.Receive());
    }

    [Fact]
    public async Task FromSourceBlock_Stopped_EndsAlthoughTheSourceDoesNot()
    {
        var source = new BufferBlock<int>();
        await using PipelineRun run = Pipeline.From(source).ForEach(_ => { }).Start();

        Assert.Equal(RunOutcome.Stopped, (await run.StopAsync(TimeSpan.FromSeconds(60))).Outcome);
        Assert.False(source.Completion.IsCompleted);
    }

    [Fact]
    public async Task FromSourceBlock_Faulted_FailsTheRunWithTheBareException()
    {
        var error = new InvalidDataException();
        var first = new BufferBlock<int>();
        var second = new TransformBlock<int, int>(x => x);
        first.LinkTo(second, s_propagate);
        ((IDataflowBlock)first).Fault(error);
        await using PipelineRun run = Pipeline.From(second).ForEach(_ => { }).Start();

        Assert.Same(error, await Ended.ExceptionAsync(run));
    }

    [Fact]
    public async Task FromSourceBlock_Cancelled_IsAFailureAndNoGoodEnd()
    {
        var source = new BufferBlock<int>(new DataflowBlockOptions { CancellationToken = new CancellationToken(true) });
        await using PipelineRun run = Pipeline.From(source).ForEach(_ => { }).Start();

        Assert.IsType<TaskCanceledException>(await Ended.ExceptionAsync(run));
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
    }

    [Fact]
    public async Task FromSourceBlock_SecondRun_IsRefused()
    {
        var source = new BufferBlock<int>();
        source.Complete();
        Pipeline pipeline = Pipeline.From(source).ForEach(_ => { });
        await pipeline.RunAsync();

        Assert.Contains("'source'", Assert.Throws<InvalidOperationException>(() => pipeline.Start()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task ToTargetBlock_SlowBoundedTarget_GetsEverythingAndIsCompleted(int capacity)
    {
        List<int> seen = [];
        var target = new ActionBlock<int>(
            async x =>
            {
                await Task.Yield();
                seen.Add(x);
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = capacity });
        await Pipeline.Range(0, 500).To(target).RunAsync();
        await target.Completion.InTime();

        Assert.Equal(Enumerable.Range(0, 500), seen);
    }

    [Fact]
    public async Task ToTargetBlock_RunFails_FaultsTheTargetWithTheSameException()
    {
        var error = new InvalidDataException();
        var target = new BufferBlock<int>();
        await using PipelineRun run = Pipeline.Range(0, 3).Select(x => x == 2 ? throw error : x).To(target).Start();
        Assert.Same(error, await Ended.ExceptionAsync(run));

        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => target.Completion.InTime()));
    }

    [Fact]
    public async Task ToTargetBlock_RunCancelled_FaultsTheTargetWithACancellation()
    {
        using var source = new CancellationTokenSource();
        var target = new BufferBlock<int>(s_one);
        await using PipelineRun run = Pipeline.Range(0, 1000).To(target).Start(cancellationToken: source.Token);
        await source.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await Ended.ExceptionAsync(run));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.Completion.InTime());
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    [Fact]
    public async Task ToTargetBlock_TargetHasEnded_FailsTheRunAndTheItemIsNamed()
    {
        var completed = new BufferBlock<int>();
        completed.Complete();
        var error = new InvalidDataException();
        var faulted = new BufferBlock<int>();
        ((IDataflowBlock)faulted).Fault(error);

        await using PipelineRun first = Pipeline.Range(7, 3).To(completed).Start();
        Assert.IsType<InvalidOperationException>(await Ended.ExceptionAsync(first));
        Assert.Equal((7, "completed"), (first.Failure!.Item, first.Failure.Block));
        await using PipelineRun second = Pipeline.Range(7, 3).To(faulted).Start();
        Assert.Same(error, await Ended.ExceptionAsync(second));
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task Through_BoundedBlock_DoesNotDeadlockAndKeepsOrder(int capacity)
    {
        var block = new TransformManyBlock<int, int>(x => [x, -x], new ExecutionDataflowBlockOptions { BoundedCapacity = capacity });
        List<int> seen = await Pipeline.Range(1, 300).Through(block).Select(x => x).ToListAsync(new PipelineOptions { Capacity = 1 }).InTime();

        Assert.Equal(Enumerable.Range(1, 300).SelectMany(x => new[] { x, -x }), seen);
    }

    [Fact]
    public async Task Through_BlockFaults_FailsTheRunWithIt()
    {
        var error = new InvalidDataException();
        var block = new TransformBlock<int, int>(x => x == 5 ? throw error : x);
        await using PipelineRun run = Pipeline.Range(0, 10_000).Through(block).ForEach(_ => { }).Start();

        Assert.Same(error, await Ended.ExceptionAsync(run));
        Assert.Equal("block", run.Failure?.Block);
    }

    [Fact]
    public async Task Through_UpstreamFails_FaultsTheBlock()
    {
        var block = new TransformBlock<int, int>(x => x);
        var error = new InvalidDataException();
        await using PipelineRun run = Pipeline.Range(0, 10).Select(x => x == 5 ? throw error : x).Through(block).ForEach(_ => { }).Start();

        Assert.Same(error, await Ended.ExceptionAsync(run));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => block.Completion.InTime()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task Through_NobodyBehindTakesAnyMore_CompletesTheBlockAndCountsWhatComesOut(int capacity)
    {
        int undelivered = 0;
        var block = new TransformBlock<int, int>(x => x, new ExecutionDataflowBlockOptions { BoundedCapacity = capacity });
        await using PipelineRun run = Pipeline.Range(0, 1000).Through(block).Take(3).ForEach(_ => { }).Start(new() { OnUndelivered = _ => undelivered++ });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(RunOutcome.Completed, report.Outcome);
        await block.Completion.InTime();
        Assert.Equal(3, report.Blocks[^1].Out);
        Assert.Equal(report.Blocks[0].Out, 3 + undelivered);
    }

    [Fact]
    public void Bridge_BadArguments_AreRefusedAtTheCall()
    {
        Pipeline<int> p = Pipeline.Range(0, 1);
        Assert.Throws<ArgumentNullException>("source", () => Pipeline.From((ISourceBlock<int>)null!));
        Assert.Throws<ArgumentNullException>("target", () => p.To((ITargetBlock<int>)null!));
        Assert.Throws<ArgumentNullException>("propagator", () => p.Through((IPropagatorBlock<int, int>)null!));
        Assert.Throws<ArgumentNullException>("build", () => DataflowPipeline.Encapsulate<int, int>(null!));
        Assert.Throws<InvalidOperationException>(() => DataflowPipeline.Encapsulate<int, int>(_ => null!));
    }

    private static async Task<List<int>> ReceiveAsync(ISourceBlock<int> source, int count)
    {
        List<int> items = [];
        while (items.Count < count)
        {
            items.Add(await source.ReceiveAsync(TimeSpan.FromSeconds(60)));
        }

        return items;
    }

    private static BufferBlock<int> Filled(int count)
    {
        var block = new BufferBlock<int>();
        for (int i = 0; i < count; i++)
        {
            block.Post(i);
        }

        return block;
    }
}
